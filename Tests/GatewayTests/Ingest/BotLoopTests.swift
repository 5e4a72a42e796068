import Sandbox
import TestSupport
import Testing

@Suite struct BotLoopTests {
  private static let rules = """
    version: 1
    commands: { bind: { status: { action: status } } }
    intake: { bots: 3/min }
    agents: { echo: { type: echo } }
    rules:
      - { name: commands, when: { trigger: command }, agent: echo }
      - { name: bots, when: { author: bot, trigger: mention }, say: "Hello, bot." }
      - { name: people, when: { trigger: mention }, say: "Hello." }
    """

  @Test(.timeLimit(.minutes(1)))
  func `after too many answers to bots in a channel they are paused there, and people are not`()
    async throws
  {
    try await Setting.with { setting in
      try await setting.withGateway(rules: Self.rules) {
        for number in 1...5 { try await setting.sandbox.post(as: "otherbot", in: "dev", "@edgecrab \(number)") }
        try await setting.hasSaid("Hello, bot.", times: 3)
        #expect(try await setting.ask("@edgecrab hi").message == "Hello.")
        let status = try await setting.ask("!status").message
        #expect(status.contains("| Bots | too many posts; not answered here for "), "\(status)")
        #expect(try await setting.ask("@edgecrab", as: "otherbot", in: "town-square").message == "Hello, bot.")
      }
      #expect(try await setting.said().count { $0 == "Hello, bot." } == 3)
    }
  }
}
