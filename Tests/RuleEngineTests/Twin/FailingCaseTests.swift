import Core
import RuleEngine
import Testing

/// Shrinking a failing case removes everything but the cause of the failure.
@Suite struct FailingCaseTests {
  @Test(arguments: 0..<6) func `a failing case shrinks to the rule that makes it fail`(seed: UInt64) throws {
    var generator = Generator(seed: seed)
    var rules = generator.crowdedRuleSet()
    rules.rules[17].when.users = NameSet(["alice", "dave", "erin"])
    let small = FailingCase(rules: rules, event: generator.event()).shrunk { failing in
      failing.rules.rules.contains { $0.when.users?.names.contains("dave") ?? false }
    }
    #expect(small.rules.rules.count == 1)
    #expect(small.rules.rules.first?.when == Condition(users: NameSet(["dave"])))
    #expect(small.rules.access == Access())
  }

  @Test func `nested conditions, lists and the event shrink as well`() throws {
    var inner = Condition(triggers: [.mention, .thread], kinds: [.public, .private], flags: [.files: true])
    inner.text = [
      TextTest(kind: .word, patterns: ["lunch"]), TextTest(kind: .contains, patterns: ["build", "fix", "tea"]),
    ]
    let when = Condition(
      channels: NameSet(["dev", "ops"]),
      not: [Condition(flags: [.edited: true]), Condition(any: [inner, Condition()])])
    let location = FileLocation(file: "made-up.yaml", line: 1, column: 1)
    let event = Event(
      post: "post", team: "acme", channel: Channel(id: "dev", name: "dev", kind: .private),
      user: User(id: "alice", name: "alice"), author: .bot, mention: .direct,
      thread: .reply(root: "root", joined: true), text: "please fix the build before lunch", botName: "edgecrab",
      hasFiles: true, milliseconds: 1_750_000_000_000)
    func failing(_ condition: Condition) -> Bool {
      condition.text.contains { $0.patterns.contains("fix") }
        || (condition.not + condition.any).contains(where: failing)
    }
    let rules = RuleSet(rules: [Rule(name: "r", location: location, when: when, action: .agent("echo"), mode: .shadow)])
    let small = FailingCase(rules: rules, event: event).shrunk { shrunk in
      shrunk.event.text.contains("fix") && shrunk.rules.rules.contains { failing($0.when) }
    }
    let fix = Condition(text: [TextTest(kind: .contains, patterns: ["fix"])])
    #expect(small.rules.rules.map(\.when) == [Condition(not: [Condition(any: [fix])])])
    #expect(small.rules.rules.map(\.action) == [.ignore])
    #expect(small.rules.rules.map(\.mode) == [.live])
    #expect(
      small.event
        == Event(
          post: "post", channel: Channel(id: "dev", name: "dev", kind: .public),
          user: User(id: "alice", name: "alice"), text: "fix", botName: "edgecrab", milliseconds: 0))
  }
}
