import BenchSupport
import Core
import Figures
import Foundation
import Logging
import Sessions
import TestSupport

/// Measures how many answered posts a store takes.
enum PostsBench {
  private static let threads = 64
  private static let warmUp = Duration.seconds(3)
  private static let time = Duration.seconds(15)

  static func run() async throws -> [Figure] {
    let postgres = try await measure(isDurable: false)
    let durable = try await measure(isDurable: true)
    let exec = try await measure(isDurable: false, isExec: true)
    let single = try await measure(isDurable: false, threads: 1)
    let sqlite = try await measureSQLite()
    let pinned = "PostgreSQL has one core, and the driver the other; \(threads) threads are written in at a time"
    return [
      Figure(
        "answered posts in a second, fsync off", detail: pinned, .number(postgres.perSecond), .atLeast(1_500),
        peer: .number(sqlite.perSecond)),
      Figure(
        "answered posts in a second of PostgreSQL's CPU time", .number(1e6 / postgres.serverCPU), .atLeast(1_500)),
      Figure("CPU time of PostgreSQL per post, µs", .number(postgres.serverCPU), .atMost(667)),
      Figure("CPU time of the driver per post, µs", .number(postgres.driverCPU), peer: .number(sqlite.driverCPU)),
      Figure("answered posts in a second, fsync on", .number(durable.perSecond)),
      Figure("CPU time of PostgreSQL per post, µs, fsync on", .number(durable.serverCPU)),
      Figure("CPU time of PostgreSQL per post, µs, one thread at a time", .number(single.serverCPU)),
      Figure("answered posts in a second, `exec` agent, fsync off", .number(exec.perSecond)),
      Figure("CPU time of PostgreSQL per post, µs, `exec` agent", .number(exec.serverCPU)),
    ]
  }

  private struct Result {
    let perSecond: Double
    /// Microseconds per post.
    let driverCPU: Double
    var serverCPU = 0.0
  }

  private static func measure(isDurable: Bool, threads: Int = Self.threads, isExec: Bool = false) async throws -> Result
  {
    let bench = try await BenchServer(isDurable: isDurable)
    let store = try await bench.join()
    try await bench.pin()
    let posts = try SimulatedPosts(store, threads: threads, isExec: isExec)
    _ = try await posts.run(for: warmUp)
    let before = try bench.cpu
    var (result, count) = try await measure(posts)
    result.serverCPU = (try bench.cpu - before) / .microseconds(1) / Double(count)
    await store.close()
    return result
  }

  private static func measureSQLite() async throws -> Result {
    let folder = try TemporaryFolder()
    let store = try SQLiteStore(path: folder.path("bench.sqlite"), logger: .silent)
    let posts = try SimulatedPosts(store, threads: threads)
    _ = try await posts.run(for: warmUp)
    let (result, _) = try await measure(posts)
    await store.close()
    return result
  }

  private static func measure(_ posts: SimulatedPosts) async throws -> (Result, count: Int) {
    let (start, cpu) = (ContinuousClock.now, try ProcessTime.cpu())
    let count = try await posts.run(for: time)
    let (wall, used) = (ContinuousClock.now - start, try ProcessTime.cpu() - cpu)
    return (
      Result(
        perSecond: Double(count) / (wall / .seconds(1)), driverCPU: used / .microseconds(1) / Double(count)),
      count
    )
  }
}
