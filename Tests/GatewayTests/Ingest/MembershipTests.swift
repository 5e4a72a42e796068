import Core
import Sandbox
import Sessions
import TestSupport
import Testing

/// Channels that the bot joins and leaves.
@Suite struct MembershipTests {
  @Test(.timeLimit(.minutes(1))) func `a channel in the rules is resolved as soon as the bot joins it`() async throws {
    let rules = """
      version: 1
      rules:
        - { name: there, when: { channel: random, trigger: mention }, say: "Hello, random." }
      """
    try await Setting.with { setting in
      try await setting.withGateway(rules: rules) {
        try await setting.sandbox.add("edgecrab", to: "random")
        #expect(try await setting.ask("@edgecrab hi", in: "random").message == "Hello, random.")
        try await setting.sandbox.remove("edgecrab", from: "random")
        try await setting.sandbox.add("edgecrab", to: "random")
        #expect(try await setting.ask("@edgecrab hi", in: "random").message == "Hello, random.")
      }
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `the rules still apply to a renamed channel, and not to one that takes over its name`()
    async throws
  {
    let rules = """
      version: 1
      rules:
        - { name: there, when: { channel: dev, trigger: mention }, say: "Hello, dev." }
      """
    try await Setting.with { setting in
      try await setting.withGateway(rules: rules) {
        try await setting.sandbox.rename("dev", to: "development")
        #expect(try await setting.ask("@edgecrab hi", in: "development").message == "Hello, dev.")
        try await setting.sandbox.rename("town-square", to: "dev")
        try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab hi")
        #expect(try await setting.ask("@edgecrab once more", in: "development").message == "Hello, dev.")
      }
      #expect(try await setting.said(in: "dev").isEmpty)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `a channel that was archived or left unnoticed is forgotten, and the others are read`() async throws {
    try await Setting.with { setting in
      try await setting.withGateway {
        try await setting.ask("@edgecrab hi", in: "town-square")
        try await setting.sandbox.archive("town-square")
        #expect(try await setting.ask("@edgecrab still there?").message == "still there?")
      }
      try await setting.sandbox.remove("edgecrab", from: "ops")
      try await setting.withGateway { try await setting.ask("@edgecrab and now?") }
      let store = try SQLiteStore(path: setting.storePath, logger: .silent)
      for name in ["town-square", "ops"] {
        let gone = ChannelID(try await setting.sandbox.channelID(name))
        #expect(try await store.cursors()[gone] == nil, "\(name)")
      }
      let alive = ChannelID(try await setting.sandbox.channelID("dev"))
      #expect(try await store.cursors()[alive] != nil)
    }
  }
}
