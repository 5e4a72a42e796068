import BenchSupport
import Figures
import Foundation
import Sessions
import TestSupport

/// Prints which statements of an answered post take PostgreSQL's time, for finding what to make cheaper.
enum StatementsBench {
  static func run() async throws -> [Figure] {
    let bench = try await BenchServer(isDurable: false, countsStatements: true)
    let store = try await bench.join()
    try await bench.pin()
    let posts = try SimulatedPosts(store, threads: 64)
    _ = try await posts.run(for: .seconds(3))
    try await bench.execute("SELECT pg_stat_statements_reset()")
    let (cpu, before) = (try bench.cpu, try await bench.transactions())
    let count = try await posts.run(for: .seconds(10))
    let used = (try bench.cpu - cpu) / .microseconds(1) / Double(count)
    let statements = try await bench.statements() / Double(count)
    let table = try await bench.execute(
      """
      SELECT to_char(total_exec_time * 1000 / \(count), '9999.9') || ' µs a post, '
        || to_char(calls::numeric / \(count), '90.99') || ' calls, ' || to_char(mean_exec_time * 1000, '9999.9')
        || ' µs a call, ' || to_char(wal_bytes / \(count), '99999') || ' B of WAL: '
        || left(regexp_replace(query, '\\s+', ' ', 'g'), 100)
      FROM pg_stat_statements ORDER BY total_exec_time DESC LIMIT 40
      """)
    print(table)
    // The server's processes count their transactions with a delay.
    try await Task.sleep(for: .seconds(11))
    let transactions = (try await bench.transactions() - before) / Double(count)
    await store.close()
    return [
      Figure("statements per answered post", .number(statements), places: 1),
      Figure("transactions per answered post", .number(transactions), places: 1),
      Figure("CPU time of PostgreSQL per post while statements are counted, µs", .number(used)),
    ]
  }
}
