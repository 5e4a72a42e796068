import Core
import Sandbox
import TestSupport
import Testing

@testable import Gateway

/// Values that people choose, filled into texts that are posted in the bot's name.
@Suite(.timeLimit(.minutes(1))) struct FilledValuesTests {
  private static let rules = """
    version: 1
    access: { admin: bob }
    agents: { echo: { type: echo } }
    commands:
      bind:
        shout: { say: "{{user}} says: {{args}}" }
        call: { say: "@{{args}} ~{{args}} @team-{{args}}" }
        own: { say: "@all, {{user}} asks @{{user}} and {{admin}}: [docs](https://docs.example) in ~{{channel}}" }
        ask: { prompt: "{{args}}", agent: echo }
    rules:
      - { name: commands, when: { trigger: command }, agent: echo, session: channel }
      - { name: no, when: { trigger: mention }, deny: "Not this: {{message}}" }
    """

  private func withRules(_ body: (Setting) async throws -> Void) async throws {
    try await Setting.with { setting in
      try await setting.withGateway(rules: Self.rules) { try await body(setting) }
    }
  }

  @Test(
    arguments: [
      "@all", "@channel @here", "@carol.o-brien", "[free](https://evil.example)",
      "![x](https://evil.example/x.png) @mallory.",
      "`@all` @all", "```\n@all\n```\n@all",
    ])
  func `a filled value mentions no one but the asker, and makes no link`(words: String) async throws {
    try await withRules { setting in
      let said = try await setting.ask("!shout \(words)")
      #expect(said.rings == ["alice"], "\(said.message)")
      #expect(said.message.replacing("\u{2060}", with: "").hasPrefix("@alice says: "))
      let denied = try await setting.ask("@edgecrab \(words)")
      #expect(denied.rings == [] && denied.message.hasPrefix("Not this: "), "\(denied.message)")
      for text in [said.message, denied.message] { #expect(!text.contains("](") && !text.contains("://")) }
    }
  }

  @Test func `a filled value does not continue a name in the file`() async throws {
    try await withRules { setting in
      for words in ["all", "bob", "here"] {
        let said = try await setting.ask("!call \(words)")
        #expect(said.rings == [] && !said.message.contains("~\(words)"), "\(said.message)")
      }
    }
  }

  @Test func `the file's own words mention and link as they are written`() async throws {
    try await withRules { setting in
      let said = try await setting.ask("!own")
      #expect(
        said.message == "@all, @alice asks @alice and @bob: [docs](https://docs.example) in ~dev", "\(said.message)")
      #expect(said.rings.contains("alice") && said.rings.contains("mallory"))
    }
  }

  @Test func `an agent gets a value as it was typed`() async throws {
    try await withRules { setting in
      let words = "[x](https://a.example) @bob :tada: `code`"
      let answer = try await setting.ask("!ask \(words)")
      #expect(answer.message == words)
    }
  }

  @Test func `texts about a hook or a file mention no one`() {
    let reason = DispatchTexts.hookRefused("You said `@all` @bob; see https://wiki.example")
    #expect(MentionGrammar.mention(of: "bob", in: reason) == .none && reason.hasSuffix("see https://wiki.example"))
    let attached = DeliveryTexts.notAttached("x` @all `y", why: "@here [x](https://evil.example)")
    #expect(MentionGrammar.mention(of: "x", in: attached) == .none && !attached.contains("]("))
    let channel = DeliveryTexts.cannotPost(in: "dev", why: "@here")
    #expect(MentionGrammar.mention(of: "x", in: channel) == .none)
  }
}
