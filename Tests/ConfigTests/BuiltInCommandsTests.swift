import ConfigLoader
import RuleEngine
import RulesTools
import TestSupport
import Testing

@Suite struct BuiltInCommandsTests {
  private func bindings(_ commands: String) throws -> [CommandBinding] {
    try rules("version: 1\nrules: []\n" + commands).commands.bindings
  }

  @Test(arguments: ["", "commands: {}", "commands: { prefixes: '!', unknown: agent }"])
  func `a file without bound commands has the built-in ones`(commands: String) throws {
    let bindings = try bindings(commands)
    #expect(bindings.map(\.name) == ["help", "new", "stop", "retry", "status", "usage", "hooks"])
    #expect(bindings.map(\.action) == BuiltinCommand.allCases.map { .builtin($0) })
    #expect(bindings.filter { !$0.aliases.isEmpty }.map(\.aliases) == [["reset"]])
    #expect(bindings.allSatisfy { $0.users == .everyone })
  }

  @Test func `the built-in commands are those of the built-in rules`() throws {
    let brought = try #require(RulesFile.builtIn(environment: [:], now: now).rules).commands.bindings
    #expect(try bindings("").map { [$0.name] + $0.aliases } == brought.map { [$0.name] + $0.aliases })
  }

  @Test(arguments: [
    ("{}", ["help", "new", "reset", "stop", "retry", "status", "usage", "hooks"]),
    (
      "{ rota: { say: alice } }",
      ["rota", "help", "new", "reset", "stop", "retry", "status", "usage", "hooks"]
    ),
    (
      "{ usage: false, hooks: false, help: true, reset: { say: no } }",
      ["reset", "help", "new", "stop", "retry", "status"]
    ),
    (
      "{ halt: { action: stop, aliases: [stop] }, new: { action: new } }",
      ["halt", "stop", "new", "help", "retry", "status", "usage", "hooks"]
    ),
    ("{ help: false, new: false, stop: false, retry: false, status: false, usage: false, hooks: false }", []),
  ])
  func `the commands of a file are added to the built-in ones`(bind: String, names: [String]) throws {
    #expect(try bindings("commands: { bind: \(bind) }").flatMap { [$0.name] + $0.aliases } == names)
  }

  @Test(arguments: [("off", "false"), ("no", "false"), ("yes", "true"), ("On", "true")])
  func `another word for true or false is an error with the right one`(word: String, truth: String) {
    let loaded = load("version: 1\nrules: []\ncommands: { bind: { usage: \(word) } }")
    #expect(loaded.report.contains("help: write `usage: \(truth)`"), "\(loaded.report)")
  }

  @Test func `a text that contains a variable is neither true nor false`() {
    let loaded = load("version: 1\nrules: []\ncommands:\n  bind:\n    hello: Hello ${NAME}", ["NAME": "Ann"])
    #expect(loaded.report.contains("help: write `hello: { say: Hello ${NAME} }`"), "\(loaded.report)")
  }

  @Test(arguments: ["true", "false"])
  func `a variable can keep or remove a command`(truth: String) throws {
    let text = "version: 1\nrules: []\ncommands:\n  bind:\n    usage: ${USAGE}"
    let names = try rules(text, ["USAGE": truth]).commands.bindings.map(\.name)
    #expect(names.contains("usage") == (truth == "true"))
  }

  @Test func `rules check lists the built-in commands that a file does not name`() throws {
    func check(_ bind: String) -> CheckReport {
      let text = """
        version: 1
        agents: { echo: { type: echo } }
        commands: { \(bind) }
        rules: [{ name: a, when: { trigger: [dm, mention] }, agent: echo }]
        """
      return CheckReport([CheckedFile(name: "rules.yaml", outcome: .success(load(text)))])
    }
    let added = check("bind: { rota: { say: alice }, new: { action: new }, stop: true, hooks: false }")
    #expect(
      added.human(.plain) == """
        rules.yaml: 1 rule, 1 agent, 0 tests: good
          the built-in commands `help`, `retry`, `status` and `usage` remain available: `usage: false` under `bind` removes \
        `usage`, `true` keeps it without this note

        """)
    #expect(added.status(isStrict: true) == 0)
    #expect(added.json.contains("\"added_commands\""))
    for bind in [
      "prefixes: '!'",
      "bind: { help: true, new: true, stop: true, retry: false, status: true, usage: false, hooks: false }",
    ] {
      #expect(check(bind).human(.plain) == "rules.yaml: 1 rule, 1 agent, 0 tests: good\n")
      #expect(!check(bind).json.contains("added_commands"))
    }
  }

  @Test(arguments: [
    ("stop: false", "dm", true), ("stop: { say: never }", "dm", true),
    ("stop: false, halt: { action: stop }", "dm", false),
    ("stop: { action: stop, users: bob }", "dm", true), ("stop: { action: stop, users: [bob, alice] }", "dm", false),
    ("rota: { say: alice }", "dm", false),
  ])
  func `a file in which no one can stop an answer has a warning`(bind: String, trigger: String, isWarned: Bool) {
    let loaded = load(
      """
      version: 1
      access: { users: alice }
      agents: { echo: { type: echo } }
      commands: { bind: { \(bind) } }
      rules: [{ name: a, when: { trigger: [\(trigger), mention] }, agent: echo }]
      """)
    #expect(loaded.diagnostics.map(\.code) == (isWarned ? [.nobodyCanStop] : []))
  }

  @Test func `rules and tests can use the built-in commands`() throws {
    let set = try rules(
      """
      version: 1
      agents: { echo: { type: echo } }
      rules: [{ name: a, when: { command: reset }, agent: echo }]
      tests: [{ name: t, given: { kind: direct, text: /reset }, expect: { command: new } }]
      """)
    #expect(set.rules[0].when.commands == ["new"])
    #expect(set.tests[0].expect.command == "new")
  }

  @Test func `a file has no warning about commands that it does not bind`() {
    let loaded = load(
      "version: 1\nrules: [{ name: a, when: { trigger: [dm, mention] }, say: Hello. }]\n")
    #expect(loaded.report == "")
  }
}
