import ConfigLoader
import Core
import Foundation
import Gateway
import Sandbox
import TestSupport
import Testing

/// Posts are polled without an event socket.
@Suite struct PollingTests {
  private static let rules = """
    version: 1
    agents: { echo: { type: echo } }
    commands: { bind: { status: { action: status } } }
    intake: { poll: 1s }
    rules:
      - { name: all, when: { trigger: [mention, dm, command] }, agent: echo }
    """

  @Test(.timeLimit(.minutes(1)))
  func `posts are answered without a WebSocket, and the WebSocket is used again when it opens`() async throws {
    try await Setting.with { setting in
      await setting.sandbox.misbehave(.noUpgrade)
      try await setting.withGateway(rules: Self.rules, isConnected: false) {
        try await setting.ask("@edgecrab hello")
        let status = try await setting.ask("!status").message
        #expect(status.contains("| Connection | polling, because the WebSocket cannot be opened |"), "\(status)")
        await setting.sandbox.misbehave(.upgrade)
        try await setting.sandbox.waitForConnection(within: patience)
        try await wait(for: "the socket to be the way") {
          try await setting.ask("!status").message.contains("| Connection | WebSocket |")
        }
      }
      #expect(try await setting.said().count { $0 == "hello" } == 1)
    }
  }

  @Test(.timeLimit(.minutes(1))) func `health is degraded while posts are polled`() async throws {
    let rules = try LiveRules(Self.rules)
    try await withSandbox { sandbox in
      await sandbox.misbehave(.noUpgrade)
      try await rules.withGateway(on: sandbox, isConnected: false, listen: try ListenAddress("0")) { report in
        let line = try #require("\(report)".split(separator: "\n").first { $0.contains("/health") })
        let url = String(try #require(line.split(separator: " ").last))
        try await wait(for: "posts to come") { try await RawHTTP.send("GET", url).status == 200 }
        let answer = try await RawHTTP.send("GET", url)
        let health = try #require(try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any])
        #expect(health["status"] as? String == "degraded")
        #expect((health["connection"] as? [String: Any])?["mode"] as? String == "polling")
      }
    }
  }
}
