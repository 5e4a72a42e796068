import ConfigLoader
import Core
import RuleEngine
import Testing

/// Messages and names made to confuse or to slow down the decision.
@Suite(.timeLimit(.minutes(1))) struct HostileMessageTests {
  private func rules(_ lines: String) throws -> RuleSet {
    let loaded = RulesFile.load(
      text: "version: 1\nagents: { echo: { type: echo } }\ncommands: { bind: { new: { action: new } } }\nrules:\n"
        + lines,
      file: "rules.yaml", environment: [:], now: 0, zone: "UTC")
    return try #require(loaded.rules, "\(loaded.report)")
  }

  private func event(_ text: String, user: String = "alice", channel: String = "dev") -> Event {
    Event(
      post: "p", channel: Channel(id: ChannelID(channel), name: channel, kind: .public),
      user: User(id: UserID(user), name: user), mention: MentionGrammar.mention(of: "edgecrab", in: text), text: text,
      botName: "edgecrab", milliseconds: 0)
  }

  /// Returns the name of the rule that decides, the same for compiled and traced rules.
  private func winner(_ event: Event, _ rules: RuleSet) throws -> String? {
    let decision = try CompiledRules(rules).decide(event)
    var traced = try RuleTracer(rules).decide(event)
    traced.trace = []
    #expect(decision == traced)
    return decision.rule.map { rules.rules[$0].name }
  }

  @Test(arguments: ["^(a+)+$", "(a|aa)*b", "(a*)*(a*)*b", "(.*.*)*x", "(a?){30}a{30}$", "([a-z]+)*[0-9]"])
  func `ten megabytes are matched against an expression made to explode`(_ expression: String) throws {
    let rules = try rules("- { name: trap, when: { text: { matches: '\(expression)' } }, agent: echo }")
    #expect(try winner(event(String(repeating: "a", count: 10_000_000) + "!"), rules) == nil)
  }

  @Test func `ten megabytes are read to the end`() throws {
    let rules = try rules("- { name: word, when: { text: { word: lunch, ends_with: '?' } }, agent: echo }")
    let long = String(repeating: "lunches ", count: 1_250_000)
    #expect(try winner(event(long + "LUNCH?"), rules) == "word")
    #expect(try winner(event(long + "?"), rules) == nil)
  }

  @Test(arguments: ["@", "`", "> ", "[", "](", "@edgecra ", "*", "\\", "1. ", "www.", "e\u{301}", "\u{202E}"])
  func `a megabyte of marks mentions no one`(_ mark: String) {
    let text = String(repeating: mark, count: 1_000_000 / mark.utf8.count)
    #expect(MentionGrammar.mention(of: "edgecrab", in: text) == .none)
  }

  @Test func `the last of a hundred thousand rules is found`() throws {
    let rules = try rules(
      (0..<100_000).map { "- { name: r\($0), when: { channel: c\($0) }, ignore: true }\n" }.joined())
    #expect(try winner(event("hello", channel: "c99999"), rules) == "r99999")
    #expect(try winner(event("hello"), rules) == nil)
  }

  @Test(arguments: [(50, "deep"), (51, nil)] as [(Int, String?)])
  func `conditions nest as deeply as a file may`(_ depth: Int, name: String?) throws {
    let when = (0..<depth).reduce("{ user: alice }") { inner, _ in "{ not: \(inner) }" }
    #expect(try winner(event("hello"), rules("- { name: deep, when: \(when), agent: echo }")) == name)
  }

  @Test(
    arguments: [
      "/n\u{435}w", "\u{FF0F}\u{FF4E}ew", "/\u{FF4E}ew", "/n\u{200B}ew", "/new\u{200B}", "/\u{202E}wen", "\u{200F}/new",
      "/ne\u{301}w", "/new\u{0}", "\u{0}/new", "/ne\u{2060}w", "/\u{1D427}ew",
    ])
  func `text that only looks like a command is not one`(_ text: String) throws {
    let rules = try rules("- { name: command, when: { trigger: command }, agent: echo }")
    #expect(try winner(event("/new"), rules) == "command")
    #expect(try winner(event(text), rules) == nil)
  }

  @Test(
    arguments: [
      "al\u{200D}ice", "\u{202E}alice", "alice\u{200B}", "\u{430}lice", "alic\u{435}", "ecila\u{202D}", "alice\u{0}",
      "alice\u{FE0F}", "", "alice\u{301}",
    ])
  func `a lookalike of a name is another user`(_ name: String) throws {
    let rules = try rules(
      "- { name: person, when: { user: alice }, agent: echo }\n- { name: place, when: { channel: alice }, agent: echo }"
    )
    #expect(try winner(event("hello", user: "alice"), rules) == "person")
    #expect(try winner(event("hello", user: name), rules) == nil)
    #expect(try winner(event("hello", user: "bob", channel: name), rules) == nil)
  }

  @Test(arguments: [
    "@edg\u{435}crab", "@edge\u{200B}crab", "@\u{202E}edgecrab", "\u{FF20}edgecrab",
  ])
  func `a lookalike of the bot's name is not a mention`(_ text: String) {
    #expect(MentionGrammar.mention(of: "edgecrab", in: text) == .none)
  }

  @Test func `a NUL does not end a text`() throws {
    let rules = try rules(
      """
      - { name: word, when: { text: { word: lunch } }, agent: echo }
      - { name: expression, when: { text: { matches: 'x\\x00y$' } }, agent: echo }
      """)
    #expect(try winner(event("a\u{0}lunch\u{0}"), rules) == "word")
    #expect(try winner(event("\u{0}x\u{0}y"), rules) == "expression")
    #expect(try winner(event("x\u{0}"), rules) == nil)
  }
}
