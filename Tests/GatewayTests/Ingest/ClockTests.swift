import Foundation
import Gateway
import Sandbox
import TestSupport
import Testing

/// Issue 11, no. 22. This machine's clock and the server's differ by more than a message may be old.
@Suite struct ClockTests {
  private static let rules = """
    version: 1
    agents: { echo: { type: echo } }
    intake: { max_age: 5m }
    rules:
      - { name: all, when: { trigger: [mention, dm] }, agent: echo, session: channel }
    """

  @Test(.timeLimit(.minutes(1)), arguments: [Duration.seconds(-1_200), .seconds(1_200)])
  func `what was missed is answered all the same, in channels that are new as well`(ahead: Duration) async throws {
    try await Setting.with(clockAhead: ahead) { setting in
      let sandbox = setting.sandbox
      try await setting.withGateway(rules: Self.rules) { try await setting.ask("@edgecrab first") }
      try await sandbox.post(as: "alice", in: "dev", "@edgecrab missed")
      try await sandbox.add("edgecrab", to: "random")
      try await sandbox.post(as: "alice", in: "random", "@edgecrab new here")
      try await setting.withGateway(rules: Self.rules) {
        try await setting.hasSaid("missed", times: 1)
        try await wait(for: "the answer in the new channel") {
          try await setting.said(in: "random", as: "alice").contains("new here")
        }
      }
    }
  }

  @Test(.timeLimit(.minutes(1)), arguments: [(Duration.seconds(-1_200), "20 min ahead of"), (.seconds(-20), "")])
  func `a difference is said at start, with what to do`(ahead: Duration, words: String) async throws {
    try await Setting.with(clockAhead: ahead) { setting in
      try await GatewayTests.withGateway(try setting.settings(rules: Self.rules)) { report in
        let warning = report.warnings.first { $0.contains("clock") }
        guard !words.isEmpty else { return #expect(warning == nil) }
        #expect(warning?.hasPrefix("this machine's clock is \(words) the server's. Set the clocks") == true)
      }
    }
  }
}
