import Foundation
import Sandbox
import TestSupport
import Testing

/// The name of the bot in `rules explain` and in tests without a server.
@Suite struct AssumedBotTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func rules(_ head: String = "", tests: String = "") throws -> String {
    try folder.write(
      "version: 1\n\(head)agents: { echo: { type: echo } }\n"
        + "rules: [{ name: called, when: { trigger: mention }, agent: echo }]\n\(tests)", to: "rules.yaml")
  }

  /// Returns the output without its line breaks.
  private func explain(_ text: String, _ arguments: [String] = [], rules: String) async throws -> String {
    let ended = try await EdgecrabProcess(
      ["rules", "explain", "--rules", rules, "--channel", "dev", "--text", text] + arguments,
      environment: ["EDGECRAB_HOME": folder.url.path]
    ).ended()
    #expect(ended.status == 0, "\(ended.errors)")
    return ended.output.split { $0.isWhitespace }.joined(separator: " ")
  }

  @Test func `the command line overrides the bot's name of the rules file`() async throws {
    let rules = try rules("bot: hal\n")
    #expect(try await explain("@hal why?", rules: rules).contains("The agent `echo` is asked"))
    let otherwise = try await explain("@hal why?", ["--bot", "@Dave"], rules: rules)
    #expect(otherwise.contains("No rule matches"))
    #expect(otherwise.contains("note: the text mentions @hal, not the bot, which is @dave here"))
    #expect(try await explain("@dave why?", ["--bot", "dave"], rules: rules).contains("The agent `echo` is asked"))
  }

  @Test func `explain says if the text mentions another user`() async throws {
    let said = try await explain("@otherbot hello", rules: try rules())
    #expect(said.contains("note: the text mentions @otherbot, not the bot, which is @edgecrab here"), "\(said)")
    for text in ["hello", "@all hello", "mail me@example.com", "`@otherbot`", "@edgecrab ask @otherbot"] {
      #expect(try await !explain(text, rules: try rules()).contains("note:"), "\(text)")
    }
  }

  @Test func `the bot's name of the last start is used, and explain says so`() async throws {
    _ = try folder.write(#"{"bot":"u","bot_name":"hal","names":[]}"#, to: "names.json")
    let said = try await explain("@hal hello", rules: try rules())
    #expect(said.contains("The agent `echo` is asked"), "\(said)")
    #expect(said.contains("note: the bot is @hal here, its name at the last start (--bot says another)"), "\(said)")
    #expect(try await explain("@edgecrab hello", rules: try rules("bot: edgecrab\n")).contains("is asked"))
    _ = try folder.write("nonsense", to: "names.json")
    #expect(try await explain("@edgecrab hello", rules: try rules()).contains("is asked"))
  }

  @Test func `a start stores the name of the bot's account`() async throws {
    try await withSandbox { sandbox in
      let home = try TemporaryFolder()
      let gateway = try EdgecrabProcess(
        ["gateway", "start", "--rules", try rules()],
        environment: [
          "EDGECRAB_HOME": home.url.path, "MATTERMOST_URL": sandbox.url, "MATTERMOST_TOKEN": sandbox.botToken,
          "MATTERMOST_ALLOWED_USERS": "*",
        ])
      try await gateway.says("Connected.")
      gateway.terminate()
      _ = try await gateway.ended()
      let names = try String(contentsOf: home.url.appending(path: "names.json"), encoding: .utf8)
      #expect(names.contains(#""bot_name" : "edgecrab""#), "\(names)")
    }
  }

  @Test func `tests use the bot's name of the file or the command line, and mention other names`() async throws {
    let tests = """
      tests:
        - { name: called, given: { channel: dev, text: "@hal why?" }, expect: { rule: called } }

      """
    let named = try await EdgecrabProcess(["rules", "test", try rules("bot: hal\n", tests: tests)]).ended()
    #expect(named.status == 0, "\(named.output)")
    let path = try rules(tests: tests)
    let unnamed = try await EdgecrabProcess(["rules", "test", path]).ended()
    #expect(unnamed.status == 1)
    #expect(
      unnamed.output.contains("note: the text mentions @hal, not the bot, which is @edgecrab here"), "\(unnamed.output)"
    )
    #expect(try await EdgecrabProcess(["rules", "test", "--bot", "hal", path]).ended().status == 0)
    let more = try folder.write("version: 1\n" + tests, to: "more.yaml")
    #expect(try await EdgecrabProcess(["rules", "test", "--bot", "hal", "--rules", path, more]).ended().status == 0)
    let checked = try await EdgecrabProcess(["rules", "check", path]).ended()
    #expect(checked.output.contains("the text mentions @hal, not the bot"), "\(checked.output)")
  }

  @Test func `an invalid bot name is refused, in the file and on the command line`() async throws {
    let file = try await EdgecrabProcess(["rules", "check", try rules("bot: 'two words'\n")]).ended()
    #expect(file.status == 1)
    #expect(file.output.contains("two words"), "\(file.output)")
    let option = try await EdgecrabProcess(["rules", "test", "--bot", "two words", try rules()]).ended()
    #expect(option.status == 64)
  }
}
