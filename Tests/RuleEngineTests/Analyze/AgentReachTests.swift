import Core
import RuleEngine
import Testing

@Suite struct AgentReachTests {
  private static let location = FileLocation(file: "rules.yaml", line: 1, column: 1)

  private func rule(
    _ agent: String = "ops", _ action: RuleAction? = nil, mode: RuleMode = .live,
    _ change: (inout Condition) -> Void = { _ in }
  ) -> Rule {
    var condition = Condition()
    change(&condition)
    return Rule(name: "rule", location: Self.location, when: condition, action: action ?? .agent(agent), mode: mode)
  }

  private func ways(
    _ rules: [Rule], access: NameSet = .everyone, commands: [CommandBinding] = [], unknown: UnknownCommand = .hint
  ) -> [AgentReach.Way] {
    let set = RuleSet(
      access: Access(users: access), commands: Commands(unknown: unknown, bindings: commands), rules: rules)
    return RuleAnalysis(set).reach(ofAgent: "ops").ways
  }

  @Test func `only rules that ask the agent and decide lead to it`() {
    let rules = [rule("echo") { $0.kinds = [.direct] }, rule("ops", .ignore) { $0.hasFiles = true }]
    #expect(ways(rules).isEmpty)
    #expect(ways(rules + [rule(mode: .shadow), rule(), rule()]).map(\.rule) == [3])
  }

  @Test func `who is let in, and whom no earlier rule takes`() {
    let refused = rule("ops", .deny(Template("no"))) { $0.users = NameSet(["mallory"]) }
    #expect(ways([refused, rule()]).map(\.users) == [NameScope(names: ["mallory"], isAllBut: true)])
    #expect(
      ways([refused, rule()], access: NameSet(["alice", "mallory"])).map(\.users)
        == [NameScope(names: ["alice"], isAllBut: false)])
    #expect(ways([rule { $0.users = NameSet(["bob", "alice"]) }]).first?.users.names == ["alice", "bob"])
  }

  @Test func `where, in which kinds of channels and teams`() throws {
    let direct = rule("echo") { $0.kinds = [.direct] }
    let quiet = rule("ops", .ignore) { $0.channels = NameSet(["lobby"]) }
    let way = try #require(ways([direct, quiet, rule { $0.triggers = [.mention, .dm] }]).first)
    #expect(way.channels == NameScope(names: ["lobby"], isAllBut: true))
    #expect(way.kinds == [.public, .private, .group])
    #expect(way.teams == .all)
    #expect(way.triggers == [.mention])
    #expect(way.maskingRules == [0, 1])
    let team = try #require(ways([rule { $0.teams = NameSet(["acme"]) }]).first)
    #expect(team.teams == NameScope(names: ["acme"], isAllBut: false))
    #expect(team.kinds == [.public, .private])
  }

  @Test func `commands with a prompt lead there under the rights of a rule`() {
    let commands = [
      CommandBinding(name: "stop", action: .builtin(.stop), location: Self.location),
      CommandBinding(
        name: "page", action: .prompt(Template("page"), agent: "ops"), users: NameSet(["alice"]),
        location: Self.location),
      CommandBinding(name: "ask", action: .prompt(Template("ask"), agent: nil), location: Self.location),
    ]
    let found = ways(
      [rule("echo") { $0.kinds = [.direct] }, rule { $0.triggers = [.mention] }], commands: commands)
    #expect(found.map(\.rule) == [0, 1, 1, 1])
    #expect(found.map(\.command) == [1, nil, 1, 2])
    #expect(found.map(\.users.names) == [["alice"], [], ["alice"], []])
  }

  @Test func `slash text leads there only where unknown commands do`() {
    let slash = rule { $0.triggers = [.command] }
    #expect(ways([slash]).isEmpty)
    #expect(ways([slash], unknown: .agent).map(\.triggers) == [[.command]])
  }

  @Test func `together, whoever any way lets in`() {
    func users(_ first: [String], _ second: [String]) -> NameScope {
      var rules = [rule { $0.channels = NameSet(["dev"]) }, rule { $0.channels = NameSet(["ops"]) }]
      rules[0].when.users = NameSet(first)
      rules[1].when.users = second.isEmpty ? nil : NameSet(second)
      return RuleAnalysis(RuleSet(rules: rules)).reach(ofAgent: "ops").users
    }
    #expect(users(["alice"], ["bob"]) == NameScope(names: ["alice", "bob"], isAllBut: false))
    #expect(users(["alice"], []) == .all)
  }

  /// Every rule asks for a channel of its own: what is known of one must not cost a look at all others.
  @Test func `thousands of rules that do not meet are told exactly, and what is left for the last as well`() throws {
    let count = 3_000
    let rules = (0..<count).map { number in rule { $0.channels = NameSet(["c\(number)"]) } } + [rule()]
    let ways = ways(rules)
    #expect(ways.count == count + 1)
    #expect(ways.allSatisfy { $0.isExact })
    for number in 0..<count {
      #expect(ways[number].channels == NameScope(names: ["c\(number)"], isAllBut: false))
      #expect(ways[number].maskingRules.isEmpty)
    }
    let last = try #require(ways.last)
    #expect(last.channels == NameScope(names: (0..<count).map { "c\($0)" }.sorted(), isAllBut: true))
    #expect(last.maskingRules == Array(0..<count))
  }

  @Test func `names that only a rule without effect here asks for are like any other`() throws {
    let elsewhere = rule("ops", .ignore) {
      $0.channels = NameSet(["lobby"])
      $0.users = NameSet(["bob"])
    }
    let here = rule {
      $0.channels = NameSet(["dev"])
      $0.not = [Condition(users: NameSet(["eve"]))]
    }
    let way = try #require(ways([elsewhere, here]).first)
    #expect(way.users == NameScope(names: ["eve"], isAllBut: true))
    #expect(way.maskingRules.isEmpty)
  }

  @Test func `ways over commands are counted, and an end of them is said`() {
    let commands = (0..<200).map {
      CommandBinding(name: "c\($0)", action: .prompt(Template("x"), agent: "ops"), location: Self.location)
    }
    let rules = (0..<60).map { number in rule("echo") { $0.channels = NameSet(["c\(number)"]) } }
    let set = RuleSet(commands: Commands(bindings: commands), rules: rules)
    let reach = RuleAnalysis(set).reach(ofAgent: "ops")
    #expect(reach.ways.count == 10_000)
    #expect(reach.extent == .tooManyWays)
  }

  private func prompts(_ count: Int) -> [CommandBinding] {
    (0..<count).map {
      CommandBinding(name: "c\($0)", action: .prompt(Template("x"), agent: "ops"), location: Self.location)
    }
  }

  @Test func `commands that a rule excludes are no ways over it, and do not count as such`() {
    let rules = (0..<110).map { number in rule("echo") { $0.commands = ["c\(number)"] } }
    let set = RuleSet(commands: Commands(bindings: prompts(110)), rules: rules)
    let reach = RuleAnalysis(set).reach(ofAgent: "ops")
    #expect(reach.ways.map(\.rule) == Array(0..<110))
    #expect(reach.ways.compactMap(\.command) == Array(0..<110))
    #expect(reach.isComplete)
  }

  @Test func `ways that earlier rules close are not counted`() {
    let taken = (0..<105).map { _ in rule("echo") { $0.channels = NameSet(["dev"]) } }
    let set = RuleSet(
      commands: Commands(bindings: prompts(100)), rules: taken + [rule("echo") { $0.channels = NameSet(["ops"]) }])
    let reach = RuleAnalysis(set).reach(ofAgent: "ops")
    #expect(reach.ways.count == 200)
    #expect(Set(reach.ways.map(\.rule)) == [0, 105])
    #expect(reach.isComplete)
  }
}
