import BenchSupport
import Core
import Figures
import Foundation
import Logging
import Sessions
import Synchronization
import TestSupport

/// Measures how long a stage of the gateway waits for the store, on a durable server and a SQLite file.
enum LatencyBench {
  private static let count = 2_000

  static func run() async throws -> [Figure] {
    let bench = try await BenchServer(isDurable: true)
    let (folder, postgres) = (try TemporaryFolder(), try await bench.join())
    let sqlite = try SQLiteStore(path: folder.path("bench.sqlite"), logger: .silent)
    var figures: [Figure] = []
    for callers in [1, 8] {
      let measured = try await times(postgres, callers: callers)
      let peer = try await times(sqlite, callers: callers)
      for (one, other) in zip(measured, peer) {
        let goals: (Figure.Goal?, Figure.Goal?) =
          one.name == "claim" ? (.atMost(aim: 1), .atMost(aim: 5)) : (nil, nil)
        let name = "\(one.name), \(callers) at a time"
        figures += [
          Figure(
            "\(name), p50, ms", .number(quantile(one.times, 0.5)), places: 2, goals.0,
            peer: .number(quantile(other.times, 0.5))),
          Figure(
            "the same, p99", .number(quantile(one.times, 0.99)), places: 2, goals.1,
            peer: .number(quantile(other.times, 0.99))),
        ]
      }
    }
    await postgres.close()
    await sqlite.close()
    return figures
  }

  /// Returns the milliseconds of each call.
  private static func times(
    _ store: any SessionStore, callers: Int
  ) async throws -> [(name: String, times: [Double])] {
    let text = String(repeating: "As a sentence of some words. ", count: 24)
    @Sendable func claim(_ number: Int) -> Claim { Claim(post: PostID("post\(callers)x\(number)")) }
    return [
      (
        "claim",
        try await measure(callers) {
          _ = try await store.claim(claim($0), of: .channel(ChannelID("c\($0 % 50)")), at: .now)
        }
      ),
      (
        "message stored",
        try await measure(callers) {
          _ = try await store.enqueue(
            claim($0), session: .channel(ChannelID("c\($0 % 50)")), payload: text, root: nil, at: .now)
        }
      ),
      (
        "reply stored",
        try await measure(callers) {
          let reply = Reply(id: .answer(to: claim($0)), text: text)
          guard try await store.add(reply, to: claim($0), finishing: []) else { throw TestFailure("not stored") }
        }
      ),
    ]
  }

  private static func measure(
    _ callers: Int, _ call: @escaping @Sendable (Int) async throws -> Void
  ) async throws -> [Double] {
    try await withThrowingTaskGroup(of: [Double].self) { group in
      for caller in 0..<callers {
        group.addTask {
          var times: [Double] = []
          for number in stride(from: caller, to: count, by: callers) {
            let start = ContinuousClock.now
            try await call(number)
            times.append((ContinuousClock.now - start) / .milliseconds(1))
          }
          return times
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
  }
}
