import Foundation
import Gateway
import Sandbox
import TestSupport
import Testing

/// Clocks that differ by more than the maximum age of a message.
@Suite struct ClockTests {
  private static let rules = """
    version: 1
    agents: { echo: { type: echo } }
    intake: { max_age: 5m }
    rules:
      - { name: all, when: { trigger: [mention, dm] }, agent: echo, session: channel }
    """

  @Test(.timeLimit(.minutes(1)), arguments: [Duration.seconds(-1_200), .seconds(1_200)])
  func `missed posts are answered although the clocks differ, also in new channels`(ahead: Duration) async throws {
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
  func `the start report warns about a difference of the clocks, with a remedy`(ahead: Duration, words: String)
    async throws
  {
    try await Setting.with(clockAhead: ahead) { setting in
      try await GatewayTests.withGateway(try setting.settings(rules: Self.rules)) { report in
        let warning = report.warnings.first { $0.contains("clock") }
        guard !words.isEmpty else { return #expect(warning == nil) }
        #expect(warning?.hasPrefix("this machine's clock is \(words) the server's. Synchronize both clocks") == true)
      }
    }
  }
}
