import Gateway
import Sandbox
import TestSupport
import Testing

/// Faults after which the event socket alone would miss posts, or the server would create an answer twice.
@Suite struct GapTests {
  private static let faults: [[Fault]] = [
    [.frames(.lost, count: 1)], [.frames(.lost, count: 3)], [.frames(.lost, count: 3), .drop],
    [.frames(.garbled, count: 1)], [.frames(.garbled, count: 3)], [.hugeFrame(bytes: 17_000_000)], [.amnesia],
    [.posting(.page(status: 200), count: 3)], [.posting(.unanswered, count: 1), .amnesia],
    [.calls(.failing, count: 6), .amnesia], [.calls(.page(status: 200), count: 3), .drop],
  ]

  @Test(.timeLimit(.minutes(1)), arguments: faults)
  func `messages before, during and after several faults are answered once`(faults: [Fault]) async throws {
    // If no event follows the lost ones, only the audit finds them.
    var intervals = Intervals.prompt
    intervals.audit = .milliseconds(500)
    intervals.grace = .milliseconds(500)
    try await Setting.with { [intervals] in try await $0.expectAnswers(despite: faults, intervals: intervals) }
  }

  @Test(.timeLimit(.minutes(1))) func `messages during a restart of the server are answered once`() async throws {
    try await Setting.with { setting in
      let restarted = AsyncQueue<SandboxServer>()
      try await setting.expectAnswers(despite: [], and: ["while it was away"]) {
        restarted(
          try await setting.sandbox.restarted { () throws(SandboxError) in
            try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab while it was away")
          })
      }
      await restarted.next()?.stop()
    }
  }
}
