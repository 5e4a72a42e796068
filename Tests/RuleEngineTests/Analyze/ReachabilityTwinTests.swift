import Core
import RuleAnalysis
import RuleEngine
import Testing

/// The analysis compared with the enumeration of all events.
@Suite struct ReachabilityTwinTests {
  @Test(arguments: 0..<8) func `the analysis agrees with trying all events`(batch: Int) throws {
    var kinds: Set<String> = []
    for number in 0..<40 {
      let seed = UInt64(batch * 1_000 + number)
      var generator = FiniteRules(seed: seed)
      let rules = generator.ruleSet()
      let events = generator.events
      let analysis = RuleAnalysis(rules)
      let examples = try ExampleEvents(of: analysis, botName: "edgecrab")
      let reached = reached(rules, events)
      for (index, found) in analysis.reachability().enumerated() {
        let what: Comment = "seed \(seed), rule \(index) of \(rules.rules): \(found)"
        switch found {
        case .reachable(let situation):
          kinds.insert("reachable")
          #expect(reached.contains(index), what)
          #expect(examples.event(situation, reaching: index) != nil, what)
        case .masked(let maskingRules):
          kinds.insert(maskingRules.count > 1 ? "masked together" : "masked")
          #expect(!reached.contains(index), what)
          #expect(!isReached(index, behind: maskingRules, rules, events), what)
          for one in maskingRules {
            #expect(isReached(index, behind: maskingRules.filter { $0 != one }, rules, events), what)
          }
        case .impossible(let causes):
          kinds.insert("impossible")
          #expect(!isReached(index, behind: [], rules, events), what)
          #expect(!causes.isEmpty, what)
        case .undecided: Issue.record(what)
        }
      }
    }
    #expect(kinds == ["reachable", "masked", "masked together", "impossible"], "too little came up to show anything")
  }

  /// Returns the rules that some event reaches.
  private func reached(_ rules: RuleSet, _ events: [Event]) -> Set<Int> {
    let plain = PlainEvaluator(rules: rules)
    return events.reduce(into: []) { reached, event in
      let decision = plain.decide(event)
      if let rule = decision.rule { reached.insert(rule) }
      reached.formUnion(decision.shadows)
    }
  }

  /// Returns whether an event would reach a rule if only the rules `earlier` preceded it.
  private func isReached(_ rule: Int, behind earlier: [Int], _ rules: RuleSet, _ events: [Event]) -> Bool {
    var fewer = rules
    fewer.rules = earlier.map { rules.rules[$0] } + [rules.rules[rule]]
    return reached(fewer, events).contains(earlier.count)
  }
}
