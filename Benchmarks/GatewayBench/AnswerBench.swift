import Foundation
import TestSupport

/// Measures the time from the frame of a post to the request with its answer, with `echo`. The server that writes the
/// frame and reads the request does nothing else. In between, the gateway waits once for the disk: answers survive a
/// power failure.
enum AnswerBench {
  private static let count = 1_000
  /// Answers to warm up.
  private static let warmUp = 100

  static func run(_ program: String) async throws -> [BenchReport.Row] {
    let frames = try FloodFrames()
    let server = try FloodServer()
    let gateway = try MeasuredGateway(program, on: server.url, token: "TOKEN_BOT")
    let socket = try await server.socket()
    socket.send(SocketFrame.text(frames.hello).bytes)
    try await gateway.isConnected()
    var times: [Double] = []
    var cpu = 0.0
    for number in 0..<count + warmUp {
      if number == warmUp { cpu = try gateway.cpuSeconds }
      let bytes = frames.question(number)
      let start = ContinuousClock.now
      socket.send(bytes)
      let end = try await server.nextArrival()
      if number >= warmUp { times.append((end - start) / .milliseconds(1)) }
      // Work after an answer must not count for the next one.
      try await Task.sleep(for: .milliseconds(5))
    }
    cpu = try gateway.cpuSeconds - cpu
    times.sort()
    return try withExtendedLifetime(gateway) {
      [
        BenchReport.Row(
          what: "from the frame to the answer's request, median, ms", measured: times[count / 2].text(2), aim: "1"),
        BenchReport.Row(
          what: "the same, 99th percentile, ms", measured: times[count * 99 / 100].text(2), aim: ""),
        BenchReport.Row(
          what: "processor time of an answer, ms", measured: (cpu / Double(count) * 1_000).text(2), aim: ""),
        BenchReport.Row(
          what: "memory after \(count) answers, MB", measured: try gateway.residentMB.text(1), aim: "60"),
      ]
    }
  }
}
