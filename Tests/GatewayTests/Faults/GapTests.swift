import Gateway
import Sandbox
import TestSupport
import Testing

/// Faults after which the event socket alone would leave something out, or the server would take an answer twice.
@Suite struct GapTests {
  private static let faults: [[Fault]] = [
    [.frames(.lost, count: 1)], [.frames(.lost, count: 3)], [.frames(.lost, count: 3), .drop],
    [.frames(.garbled, count: 1)], [.frames(.garbled, count: 3)], [.hugeFrame(bytes: 17_000_000)], [.amnesia],
    [.posting(.page(status: 200), count: 3)], [.posting(.unanswered, count: 1), .amnesia],
    [.calls(.failing, count: 6), .amnesia], [.calls(.page(status: 200), count: 3), .drop],
  ]

  @Test(.timeLimit(.minutes(1)), arguments: faults)
  func `what is asked before faults, while they last and after them is answered once`(faults: [Fault]) async throws {
    // Where nothing comes behind what was lost, only looking for it finds it.
    var rhythm = Intervals()
    rhythm.audit = .milliseconds(500)
    rhythm.grace = .milliseconds(500)
    try await Setting.with { [rhythm] in try await $0.expectAnswers(despite: faults, rhythm: rhythm) }
  }

  @Test(.timeLimit(.minutes(1))) func `what is asked while the server restarts is answered once`() async throws {
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
