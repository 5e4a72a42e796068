import Core
import RuleAnalysis
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

  private func routes(
    _ rules: [Rule], access: NameSet = .everyone, commands: [CommandBinding] = [], unknown: UnknownCommand = .hint
  ) -> [AgentReach.Route] {
    let set = RuleSet(
      access: Access(users: access), commands: Commands(unknown: unknown, bindings: commands), rules: rules)
    return RuleAnalysis(set).reach(ofAgent: "ops").routes
  }

  @Test func `only live rules that ask the agent are routes to it`() {
    let rules = [rule("echo") { $0.kinds = [.direct] }, rule("ops", .ignore) { $0[flag: .files] = true }]
    #expect(routes(rules).isEmpty)
    #expect(routes(rules + [rule(mode: .shadow), rule(), rule()]).map(\.rule) == [3])
  }

  @Test func `a route has the allowed users without those of earlier rules`() {
    let refused = rule("ops", .deny(Template("no"))) { $0.users = NameSet(["mallory"]) }
    #expect(routes([refused, rule()]).map(\.users) == [NameScope(names: ["mallory"], isAllBut: true)])
    #expect(
      routes([refused, rule()], access: NameSet(["alice", "mallory"])).map(\.users)
        == [NameScope(names: ["alice"], isAllBut: false)])
    #expect(routes([rule { $0.users = NameSet(["bob", "alice"]) }]).first?.users.names == ["alice", "bob"])
  }

  @Test func `a route has its channels, kinds and teams`() throws {
    let direct = rule("echo") { $0.kinds = [.direct] }
    let quiet = rule("ops", .ignore) { $0.channels = NameSet(["lobby"]) }
    let route = try #require(routes([direct, quiet, rule { $0.triggers = [.mention, .dm] }]).first)
    #expect(route.channels == NameScope(names: ["lobby"], isAllBut: true))
    #expect(route.kinds == [.public, .private, .group])
    #expect(route.teams == .all)
    #expect(route.triggers == [.mention])
    #expect(route.maskingRules == [0, 1])
    let team = try #require(routes([rule { $0.teams = NameSet(["acme"]) }]).first)
    #expect(team.teams == NameScope(names: ["acme"], isAllBut: false))
    #expect(team.kinds == [.public, .private])
  }

  @Test func `commands with a prompt reach the agent under the rights of a rule`() {
    let commands = [
      CommandBinding(name: "stop", action: .builtin(.stop), location: Self.location),
      CommandBinding(
        name: "page", action: .prompt(Template("page"), agent: "ops"), users: NameSet(["alice"]),
        location: Self.location),
      CommandBinding(name: "ask", action: .prompt(Template("ask"), agent: nil), location: Self.location),
    ]
    let found = routes(
      [rule("echo") { $0.kinds = [.direct] }, rule { $0.triggers = [.mention] }], commands: commands)
    #expect(found.map(\.rule) == [0, 1, 1, 1])
    #expect(found.map(\.command) == [1, nil, 1, 2])
    #expect(found.map(\.users.names) == [["alice"], [], ["alice"], []])
  }

  @Test func `slash text reaches the agent only if unknown commands are passed on`() {
    let slash = rule { $0.triggers = [.command] }
    #expect(routes([slash]).isEmpty)
    #expect(routes([slash], unknown: .agent).map(\.triggers) == [[.command]])
  }

  @Test func `the users of an agent are those of all its routes`() {
    func users(_ first: [String], _ second: [String]) -> NameScope {
      var rules = [rule { $0.channels = NameSet(["dev"]) }, rule { $0.channels = NameSet(["ops"]) }]
      rules[0].when.users = NameSet(first)
      rules[1].when.users = second.isEmpty ? nil : NameSet(second)
      return RuleAnalysis(RuleSet(rules: rules)).reach(ofAgent: "ops").users
    }
    #expect(users(["alice"], ["bob"]) == NameScope(names: ["alice", "bob"], isAllBut: false))
    #expect(users(["alice"], []) == .all)
  }

  /// Every rule asks for a channel of its own, so the analysis of a rule must not visit all others.
  @Test func `thousands of disjoint rules are analyzed exactly, and so is the rest for the last one`() throws {
    let count = 3_000
    let rules = (0..<count).map { number in rule { $0.channels = NameSet(["c\(number)"]) } } + [rule()]
    let routes = routes(rules)
    #expect(routes.count == count + 1)
    #expect(routes.allSatisfy { $0.isExact })
    for number in 0..<count {
      #expect(routes[number].channels == NameScope(names: ["c\(number)"], isAllBut: false))
      #expect(routes[number].maskingRules.isEmpty)
    }
    let last = try #require(routes.last)
    #expect(last.channels == NameScope(names: (0..<count).map { "c\($0)" }.sorted(), isAllBut: true))
    #expect(last.maskingRules == Array(0..<count))
  }

  @Test func `names of a rule that masks nothing here are like any other`() throws {
    let elsewhere = rule("ops", .ignore) {
      $0.channels = NameSet(["lobby"])
      $0.users = NameSet(["bob"])
    }
    let here = rule {
      $0.channels = NameSet(["dev"])
      $0.not = [Condition(users: NameSet(["eve"]))]
    }
    let route = try #require(routes([elsewhere, here]).first)
    #expect(route.users == NameScope(names: ["eve"], isAllBut: true))
    #expect(route.maskingRules.isEmpty)
  }

  @Test func `routes over commands are counted, and a cut list says so`() {
    let commands = (0..<200).map {
      CommandBinding(name: "c\($0)", action: .prompt(Template("x"), agent: "ops"), location: Self.location)
    }
    let rules = (0..<60).map { number in rule("echo") { $0.channels = NameSet(["c\(number)"]) } }
    let set = RuleSet(commands: Commands(bindings: commands), rules: rules)
    let reach = RuleAnalysis(set).reach(ofAgent: "ops")
    #expect(reach.routes.count == 10_000)
    #expect(reach.extent == .tooManyRoutes)
  }

  private func prompts(_ count: Int) -> [CommandBinding] {
    (0..<count).map {
      CommandBinding(name: "c\($0)", action: .prompt(Template("x"), agent: "ops"), location: Self.location)
    }
  }

  @Test func `commands that a rule excludes are no routes, and are not counted as such`() {
    let rules = (0..<110).map { number in rule("echo") { $0.commands = ["c\(number)"] } }
    let set = RuleSet(commands: Commands(bindings: prompts(110)), rules: rules)
    let reach = RuleAnalysis(set).reach(ofAgent: "ops")
    #expect(reach.routes.map(\.rule) == Array(0..<110))
    #expect(reach.routes.compactMap(\.command) == Array(0..<110))
    #expect(reach.isComplete)
  }

  @Test func `routes that earlier rules close are not counted`() {
    let taken = (0..<105).map { _ in rule("echo") { $0.channels = NameSet(["dev"]) } }
    let set = RuleSet(
      commands: Commands(bindings: prompts(100)), rules: taken + [rule("echo") { $0.channels = NameSet(["ops"]) }])
    let reach = RuleAnalysis(set).reach(ofAgent: "ops")
    #expect(reach.routes.count == 200)
    #expect(Set(reach.routes.map(\.rule)) == [0, 105])
    #expect(reach.isComplete)
  }
}
