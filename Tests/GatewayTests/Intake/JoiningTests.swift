import Sandbox
import TestSupport
import Testing

/// Channels come and go while the gateway runs.
@Suite struct JoiningTests {
  @Test(.timeLimit(.minutes(1))) func `a channel that the rules name counts as soon as the bot is in it`() async throws
  {
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
}
