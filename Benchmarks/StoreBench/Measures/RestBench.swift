import BenchSupport
import Core
import Figures
import Foundation
import Sessions
import TestSupport

/// Measures what gateways ask the database without any posts.
enum RestBench {
  private static let seconds = 20

  static func run() async throws -> [Figure] {
    let bench = try await BenchServer(isDurable: true, countsStatements: true)
    let member = try await bench.join()
    let alone = try await rates(bench)
    let others = [try await bench.join(as: "bench:2"), try await bench.join(as: "bench:3")]
    let three = try await rates(bench)
    for store in others + [member] { await store.close() }
    return [
      Figure("statements in a second of an idle gateway", .number(alone.statements), places: 1),
      Figure("the same: transactions", .number(alone.transactions), places: 1),
      Figure(
        "statements in a second of three idle gateways", .number(three.statements), places: 1, .atMost(10)),
      Figure("the same: transactions", .number(three.transactions), places: 1),
    ]
  }

  private static func rates(_ bench: BenchServer) async throws -> (statements: Double, transactions: Double) {
    // The server's processes count their transactions with a delay of up to ten seconds.
    try await Task.sleep(for: .seconds(11))
    let (statements, transactions) = (try await bench.statements(), try await bench.transactions())
    try await Task.sleep(for: .seconds(seconds))
    return (
      (try await bench.statements() - statements) / Double(seconds),
      (try await bench.transactions() - transactions) / Double(seconds)
    )
  }
}
