import Gateway
import Sandbox
import TestSupport
import Testing

/// Renames of the bot's account.
@Suite struct BotNameTests {
  private static let rules = """
    version: 1
    agents: { echo: { type: echo } }
    commands: { bind: { help: { action: help }, status: { action: status } } }
    rules:
      - { name: talk, when: { trigger: [mention, dm, command] }, agent: echo }
    """

  /// Waits until the bot has posted a text in `dev` under its new name.
  private func crab(_ sandbox: SandboxServer, says text: String) async throws {
    _ = try await sandbox.nextPost(within: patience) { $0.author == "crab" && $0.message.contains(text) }
  }

  @Test(.timeLimit(.minutes(1)))
  func `a renamed bot answers to its new name only, and uses it in its help`() async throws {
    try await Setting.with { setting in
      let sandbox = setting.sandbox
      try await setting.withGateway(rules: Self.rules) {
        try await setting.ask("@edgecrab hi")
        try await sandbox.rename(user: "edgecrab", to: "crab")
        try await sandbox.post(as: "alice", in: "dev", "@edgecrab old")
        try await sandbox.post(as: "alice", in: "dev", "@crab new")
        try await crab(sandbox, says: "new")
        try await sandbox.post(as: "alice", in: "dev", "!help")
        try await crab(sandbox, says: "Mention me (`@crab …`)")
        try await sandbox.post(as: "alice", in: "dev", "@crab")
        try await crab(sandbox, says: "after `@crab`")
        #expect(try await !sandbox.posts(in: "dev").contains { $0.author == "crab" && $0.message == "old" })
      }
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `the bot's new name is noticed without an event: at the start, after a gap, and regularly`() async throws {
    try await Setting.with { setting in
      let sandbox = setting.sandbox
      let renamed = {
        try await sandbox.rename(user: "edgecrab", to: "crab", sendsEvent: false)
        try await sandbox.post(as: "alice", in: "dev", "@crab early")
      }
      try await setting.withGateway(rules: Self.rules, beforeRun: { try await renamed() }) {
        try await crab(sandbox, says: "early")
        await sandbox.misbehave(.amnesia)
        try await sandbox.rename(user: "edgecrab", to: "lobster", sendsEvent: false)
        try await sandbox.post(as: "alice", in: "dev", "@lobster late")
        _ = try await sandbox.nextPost(within: patience) { $0.author == "lobster" && $0.message == "late" }
      }
      try await sandbox.rename(user: "edgecrab", to: "edgecrab")
      try await setting.withGateway(rules: Self.rules, intervals: .short) {
        try await setting.ask("@edgecrab hi")
        try await sandbox.rename(user: "edgecrab", to: "crab", sendsEvent: false)
        try await wait(for: "the new name to be noticed") {
          let asked = try await sandbox.post(as: "alice", in: "dev", "!help")
          let help = try await sandbox.nextPost(after: asked, within: patience) { $0.author == "crab" }
          return help.message.contains("Mention me (`@crab …`)")
        }
        try await sandbox.post(as: "alice", in: "dev", "@crab there?")
        try await crab(sandbox, says: "there?")
      }
    }
  }
}
