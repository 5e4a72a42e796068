import ConfigLoader
import Core
import RuleEngine
import Testing
import Workload

/// The decisions on the workload of `make bench`.
@Suite struct WorkloadTests {
  @Test(arguments: [10, 100, 1_000]) func `every event reaches the rule that trying one after the other finds`(
    count: Int
  ) throws {
    let workload = Workload(rules: count, events: 500)
    let loaded = RulesFile.load(text: workload.yaml, file: "workload.yaml", environment: [:], now: 0)
    let ruleSet = try #require(loaded.rules, "\(loaded.report)")
    let rules = try CompiledRules(ruleSet)
    let decided = workload.events.map { event in rules.decide(event).rule.map { ruleSet.rules[$0].name } ?? "none" }
    #expect(decided == workload.expected)
    #expect(Set(decided).count > min(count, 100) / 2)
  }

  @Test func `the same seed makes the same workload`() {
    let (one, other) = (Workload(rules: 20, events: 50), Workload(rules: 20, events: 50))
    #expect(one.yaml == other.yaml)
    #expect(one.eventLines == other.eventLines)
    #expect(one.events.count == 50)
  }

  @Test func `rules of a crowded channel that differ only in their words are found by their words`() throws {
    let names = (0..<300).map { "rule \($0)" }
    let rules = names.enumerated().map { number, name in
      var when = Condition()
      when.channels = NameSet(["ops"])
      when.text = [TextTest(kind: .contains, patterns: ["alarm \(number)."])]
      return Rule(
        name: name, location: FileLocation(file: "crowd.yaml", line: number + 1, column: 1), when: when,
        action: .agent("echo"))
    }
    let ruleSet = RuleSet(rules: rules)
    let (compiled, tracer) = (try CompiledRules(ruleSet), try RuleTracer(ruleSet))
    for number in [0, 1, 17, 299, 300] {
      let event = event(in: number == 17 ? "dev" : "ops", "there is ALARM \(number). now")
      #expect(compiled.decide(event).rule == (number == 17 || number == 300 ? nil : number))
      #expect(compiled.decide(event).rule == tracer.decide(event).rule)
    }
  }

  private func event(in channel: String, _ text: String) -> Event {
    Event(
      post: "post", channel: Channel(id: ChannelID(channel), name: channel, kind: .public),
      user: User(id: "alice", name: "alice"), text: text, botName: "edgecrab", milliseconds: 0)
  }
}
