import RuleEngine
import Testing

/// The values that the model stores in a compact form.
@Suite struct ModelTests {
  private let location = FileLocation(file: "rules.yaml", line: 7, column: 3)

  @Test func `names are sorted and unique`() {
    #expect(NameSet(["carol", "alice", "bob", "alice"]).names == ["alice", "bob", "carol"])
    #expect(NameSet(["alice", "alice"]).names == ["alice"])
    #expect(NameSet(Set(["bob", "alice"])) == NameSet(["alice", "bob"]))
    #expect(NameSet([]) != .everyone)
  }

  @Test func `a condition that is reset is equal to one that was never stated`() {
    var condition = Condition()
    condition.teams = NameSet(["core"])
    condition.text = [TextTest(kind: .contains, patterns: ["lunch"])]
    condition.any = [Condition()]
    #expect(condition != Condition())
    #expect(condition.teams == NameSet(["core"]))
    #expect(condition.text.map(\.patterns) == [["lunch"]])
    #expect(condition.any.count == 1)
    condition.teams = nil
    condition.text = []
    condition.any = []
    #expect(condition == Condition())
  }

  @Test func `changing a copy of a rule does not change the rule`() {
    let rule = Rule(
      name: "a", location: location, action: .ignore, limit: LimitPolicy(perUser: Rate(count: 1, seconds: 60)))
    var copy = rule
    copy.busy = BusyPolicy(mode: .reject)
    #expect(rule.busy == BusyPolicy())
    #expect(copy.limit == rule.limit)
    #expect(copy != rule)
    copy.busy = BusyPolicy()
    #expect(copy == rule)
  }

  @Test func `a location has the line and column that it was created with`() {
    #expect("\(location)" == "rules.yaml:7:3")
    #expect(location.line == 7)
    #expect(location.column == 3)
  }
}
