import BenchSupport
import Figures
import Foundation
import TestSupport

/// Measures a gateway with a thousand channels, and a flood of posts in them.
enum FloodBench {
  private static let channels = 1_000
  private static let count = 100_000
  /// Posts at once for measuring memory: more would measure the queue of the journal.
  private static let paced = 1_000
  /// Posts to warm up, until every cache is full.
  private static let warmUp = 20_000

  static func run(_ subjects: Subjects) async throws -> [Figure] {
    let server = try StandInServer(channels: channels)
    let (gateway, socket) = try await server.connect { try subjects.gateway(url: $0) }

    func bytes(_ numbers: Range<Int>) -> [UInt8] {
      socket.bytes(of: numbers.count + 1) { index, sequence in
        let number = numbers.lowerBound + index
        return index < numbers.count
          ? server.frames.chatter(number, channel: number % channels, sequence: sequence)
          : server.frames.question(number, channel: 0, sequence: sequence)
      }
    }
    /// Sends posts and a question, whose answer shows that all posts before it are decided.
    func flood(_ bytes: [UInt8]) async throws {
      let answers = server.postCount
      Thread.detachNewThread { socket.flood(bytes) }
      try await wait(for: "the answer to the last post", within: .seconds(300)) { server.postCount > answers }
    }
    func trickle(_ numbers: Range<Int>) async throws {
      for start in stride(from: numbers.lowerBound, to: numbers.upperBound, by: paced) {
        try await flood(bytes(start..<start + paced))
        try await Task.sleep(for: .milliseconds(10))
      }
    }
    try await trickle(0..<warmUp)
    let memory = try gateway.child.residentMB
    try await trickle(warmUp..<warmUp + count)
    let after = try gateway.child.residentMB

    let flooding = bytes(warmUp + count..<warmUp + 2 * count)
    let (cpu, start) = (try gateway.child.cpu, ContinuousClock.now)
    try await flood(flooding)
    let (taken, wall) = (try gateway.child.cpu - cpu, ContinuousClock.now - start)
    gateway.stop()
    let lost = gateway.log.split(separator: "dropped=").dropFirst().compactMap { Int($0.prefix { $0.isNumber }) }
    return [
      Figure("memory with \(channels) channels, MB", .number(memory), places: 1, .atMost(48, aim: 38)),
      Figure("growth after \(count) more unaddressed posts, MB", .number(after - memory), places: 1),
      Figure(
        "flood of unaddressed posts, whole gateway: posts in a second of one core",
        .number(Double(count) / (taken / .seconds(1))), .atLeast(30_000, aim: 50_000)),
      Figure("the same: posts in a second of wall time", .number(Double(count) / (wall / .seconds(1)))),
      Figure("the same: decisions missing in the journal", .number(Double(lost.reduce(0, +))), .atMost(0, aim: 0)),
    ]
  }
}
