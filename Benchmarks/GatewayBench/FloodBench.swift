import Foundation
import TestSupport

/// A real gateway that hears a thousand channels talk among themselves.
enum FloodBench {
  /// Until every channel is known and every cache is full.
  private static let warmUp = 20_000
  private static let count = 100_000

  static func run(_ program: String) async throws -> [BenchReport.Row] {
    var frames = try PostFrames()
    let (stream, frame) = AsyncStream.makeStream(of: String.self)
    let server = try await RecordedServer.start(socket: .follows(stream))
    frame.yield(frames.hello)
    let gateway = try await MeasuredGateway(program, on: server.address, token: "TOKEN_BOT")

    /// So many posts, and a question at their end, whose answer tells that all before it are decided.
    func flood(_ count: Int) async throws {
      let answers = await server.sent.count
      for _ in 0..<count { frame.yield(frames.nextChatter()) }
      frame.yield(frames.nextMention())
      try await wait(for: "the answer to the last post", within: .seconds(300)) { await server.sent.count > answers }
    }
    try await flood(warmUp)
    let (cpu, memory) = (try gateway.cpuSeconds, try gateway.residentMB)
    try await flood(count)
    let taken = try gateway.cpuSeconds - cpu
    let after = try gateway.residentMB
    await server.stop()
    return [
      BenchReport.Row(
        what: "unaddressed posts taken in a second on one core, by the whole gateway",
        measured: (Double(count) / taken).text(), aim: "20000"),
      BenchReport.Row(
        what: "memory with \(PostFrames.channels) channels known, MB", measured: memory.text(1), aim: "60"),
      BenchReport.Row(
        what: "growth after \(count) more unaddressed posts, MB", measured: (after - memory).text(1), aim: "0"),
    ]
  }
}
