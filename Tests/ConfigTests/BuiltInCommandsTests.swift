import ConfigLoader
import RuleEngine
import Testing

@Suite struct BuiltInCommandsTests {
  private func bindings(_ commands: String) throws -> [CommandBinding] {
    try rules("version: 1\nrules: []\n" + commands).commands.bindings
  }

  @Test(arguments: ["", "commands: {}", "commands: { prefixes: '!', unknown: agent }"])
  func `a file that binds nothing has edgecrab's own commands`(commands: String) throws {
    let bindings = try bindings(commands)
    #expect(bindings.map(\.name) == ["help", "new", "stop", "retry", "status", "usage", "hooks"])
    #expect(bindings.map(\.action) == BuiltinCommand.allCases.map { .builtin($0) })
    #expect(bindings.filter { !$0.aliases.isEmpty }.map(\.aliases) == [["reset"]])
    #expect(bindings.allSatisfy { $0.users == .everyone })
  }

  @Test func `they are those of the built-in rules`() throws {
    let brought = try #require(RulesFile.builtIn(environment: [:], now: now).rules).commands.bindings
    #expect(try bindings("").map { [$0.name] + $0.aliases } == brought.map { [$0.name] + $0.aliases })
  }

  @Test func `a file that binds has exactly what it lists`() throws {
    #expect(try bindings("commands: { bind: {} }").isEmpty)
    #expect(try bindings("commands: { bind: { halt: { action: stop } } }").map(\.name) == ["halt"])
  }

  @Test func `rules and tests can name them`() throws {
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

  @Test func `a file is not warned about what it does not bind`() {
    let loaded = load(
      "version: 1\nrules: [{ name: a, when: { trigger: [dm, mention] }, say: Hello. }]\n")
    #expect(loaded.report == "")
  }
}
