import Core
import RuleEngine
import Testing

@Suite struct SlashCommandTests {
  @Test(
    arguments: [
      ("!status", "status", ""), ("/status now ", "status", "now"), ("／status", "status", ""), ("！new  x", "new", "x"),
      ("！new\u{3000}x", "new", "x"), ("＃new", nil, nil), ("｜new", nil, nil), ("！", nil, nil), ("／etc／hosts", nil, nil),
      ("\u{FF00}new", nil, nil), ("status", nil, nil), ("？status", nil, nil),
    ] as [(String, String?, String?)])
  func `a prefix may be full-width`(body: String, name: String?, arguments: String?) {
    let command = SlashCommand(body, prefixes: ["/", "!"])
    #expect(command.map { String($0.name) } == name)
    #expect(command.map { String($0.arguments) } == arguments)
  }

  @Test(arguments: ["！stop", "／stop", "!stop"], [Author.human, .plugin])
  func `a command runs, but a plugin's post runs none`(text: String, author: Author) throws {
    let location = FileLocation(file: "rules.yaml", line: 1, column: 1)
    let rules = RuleSet(
      commands: Commands(bindings: [CommandBinding(name: "stop", action: .builtin(.stop), location: location)]),
      rules: [
        Rule(
          name: "all", location: location, when: Condition(authors: [.human, .plugin]), action: .agent("echo"))
      ])
    let event = Event(
      post: "p", channel: Channel(id: "dev", name: "dev", kind: .public), user: User(id: "alice", name: "alice"),
      author: author, text: text, botName: "edgecrab", milliseconds: 0)
    let decision = try CompiledRules(rules).decide(event)
    #expect(decision.outcome == (author == .human ? .run(command: 0, arguments: "") : .ask(agent: "echo")))
  }
}
