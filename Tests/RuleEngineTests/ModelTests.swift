import RuleEngine
import Testing

/// What is kept small stays the value that it is.
@Suite struct ModelTests {
  private let location = FileLocation(file: "rules.yaml", line: 7, column: 3)

  @Test func `names are each there once, in order`() {
    #expect(NameSet(["carol", "alice", "bob", "alice"]).names == ["alice", "bob", "carol"])
    #expect(NameSet(["alice", "alice"]).names == ["alice"])
    #expect(NameSet(Set(["bob", "alice"])) == NameSet(["alice", "bob"]))
    #expect(NameSet([]) != .everyone)
  }

  @Test func `what is asked no more makes no difference`() {
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

  @Test func `a changed copy leaves the rule as it was`() {
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

  @Test func `a location is the line and column that it was given`() {
    #expect("\(location)" == "rules.yaml:7:3")
    #expect(location.line == 7)
    #expect(location.column == 3)
  }
}
