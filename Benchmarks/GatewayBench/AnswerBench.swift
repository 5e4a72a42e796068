import Foundation
import Sandbox
import TestSupport

/// From a post's frame to the request that answers it, with `echo`, as the sandbox sees it. In between the gateway waits
/// for the disk: what it has claimed and what it says outlive a power cut.
enum AnswerBench {
  private static let count = 1_000

  static func run(_ program: String) async throws -> [BenchReport.Row] {
    let sandbox = try await SandboxServer.start(logger: .silent)
    let gateway = try MeasuredGateway(program, on: sandbox.url, token: sandbox.botToken)
    try await gateway.isConnected()
    var times: [Double] = []
    var cpu = 0.0
    for number in 0..<count + 50 {
      if number == 50 { cpu = try gateway.cpuSeconds }
      let start = ContinuousClock.now
      let question = try await sandbox.post(as: "alice", in: "dev", "@edgecrab \(number)")
      _ = try await sandbox.nextPost(after: question, within: patience) { $0.author == "edgecrab" }
      // The first find nothing warm.
      if number >= 50 { times.append((ContinuousClock.now - start) / .milliseconds(1)) }
    }
    cpu = try gateway.cpuSeconds - cpu
    times.sort()
    await sandbox.stop()
    return try withExtendedLifetime(gateway) {
      [
        BenchReport.Row(
          what: "from the frame to the answer at the sandbox, median, ms", measured: times[count / 2].text(2), aim: "1"),
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
