import ConfigLoader
import Core
import RuleEngine
import Sandbox
import TestSupport
import Testing

/// Posts that show another name than their account's.
@Suite struct AuthorNameTests {
  private static let webhooks = """
    version: 1
    access: { users: [bob, alice] }
    agents:
      tool: { type: exec, command: [sh, -c, 'cat "$EDGECRAB_CONTEXT" "$EDGECRAB_HISTORY"; echo "$EDGECRAB_USER_NAME"'] }
    rules:
      - { name: greeted, when: { author: webhook, text: hello }, say: "Hello, {{user}}." }
      - name: alerts
        when: { author: [human, webhook], user: [bob, alice], text: [disk, why] }
        agent: tool
        session: channel
        reply: { mention_sender: true }
    """
  private static let asAlice = ["from_webhook": "true", "override_username": "alice"]

  @Test(.timeLimit(.minutes(1)))
  func `an agent is told the account of a webhook, and the name that its post shows as a claim`() async throws {
    try await Setting.with { setting in
      let sandbox = setting.sandbox
      try await setting.withGateway(rules: Self.webhooks) {
        try await sandbox.post(as: "bob", in: "dev", "hello", props: Self.asAlice)
        try await setting.hasSaid("Hello, @\u{2060}bob.", times: 1)
        try await sandbox.post(as: "bob", in: "dev", "disk full", props: Self.asAlice)
        try await setting.hasSaid("@bob bob", times: 1)
        let root = try await sandbox.post(as: "bob", in: "town-square", "chatter", props: Self.asAlice)
        let context = try await setting.ask("why?", in: "town-square", root: root)
        #expect(context.message.contains(#"{"speaker":"bob (webhook \"alice\")","message":"chatter"}"#))
        let history = try await setting.ask("why?")
        #expect(
          history.message.contains(#"{"speaker":"bob (webhook \"alice\")","message":"disk full","answer":"bob"}"#))
      }
      let claimed = try setting.recorded().filter { $0.event.author == .webhook }.map(\.event)
      #expect(claimed.map(\.user.name) == ["bob", "bob", "bob"])
      #expect(claimed.map(\.overrideName) == ["alice", "alice", "alice"])
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `access is decided by the account, not by the name that a webhook's post shows`() async throws {
    try await Setting.with { setting in
      let sandbox = setting.sandbox
      try await setting.withGateway(rules: Self.webhooks) {
        try await sandbox.post(as: "mallory", in: "dev", "hello", props: Self.asAlice)
        try await sandbox.post(
          as: "bob", in: "dev", "hello", props: ["from_webhook": "true", "override_username": "Jenkins"])
        try await setting.hasSaid("Hello, @\u{2060}bob.", times: 1)
      }
      #expect(try await setting.said() == ["Hello, @\u{2060}bob."])
      let recorded = try setting.recorded().first
      #expect(recorded?.decided?.verdict.outcome == .noAccess)
      #expect(recorded?.event.user.name == "mallory" && recorded?.event.overrideName == "alice")
    }
  }
}
