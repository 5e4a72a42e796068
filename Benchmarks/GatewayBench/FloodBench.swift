import Foundation
import TestSupport

/// Measures a gateway that receives posts of a thousand channels.
enum FloodBench {
  private static let count = 100_000
  /// Posts at once for measuring memory: more would measure the queue of the journal.
  private static let paced = 1_000
  /// Posts to warm up, until every channel is known and every cache is full.
  private static let warmUp = 100_000

  static func run(_ program: String) async throws -> [BenchReport.Row] {
    let frames = try FloodFrames()
    let server = try FloodServer()
    let gateway = try MeasuredGateway(program, on: server.url, token: "TOKEN_BOT")
    let socket = try await server.socket()
    socket.send(SocketFrame.text(frames.hello).bytes)
    try await gateway.isConnected()

    /// Sends posts and a question, whose answer shows that all posts before it are decided.
    func flood(_ bytes: [UInt8]) async throws {
      let answers = server.answered
      Thread.detachNewThread { _ = socket.send(bytes, onStall: {}) }
      try await wait(for: "the answer to the last post", within: .seconds(300)) { server.answered > answers }
    }
    func trickle(_ numbers: Range<Int>) async throws {
      for start in stride(from: numbers.lowerBound, to: numbers.upperBound, by: paced) {
        try await flood(frames.bytes(start..<start + paced))
      }
    }
    try await trickle(0..<warmUp)
    let memory = try gateway.residentMB
    try await trickle(warmUp..<warmUp + count)
    let after = try gateway.residentMB

    let bytes = frames.bytes(warmUp + count..<warmUp + 2 * count)
    let cpu = try gateway.cpuSeconds
    try await flood(bytes)
    let taken = try gateway.cpuSeconds - cpu
    return [
      BenchReport.Row(
        what: "unaddressed posts taken in a second on one core, by the whole gateway",
        measured: (Double(count) / taken).text(), aim: "20000"),
      BenchReport.Row(
        what: "memory with \(FloodFrames.channels) channels known, MB", measured: memory.text(1), aim: "60"),
      BenchReport.Row(
        what: "growth after \(count) more unaddressed posts, MB", measured: (after - memory).text(1), aim: "0"),
    ]
  }
}
