package import Core

/// Decides events and says why, condition by condition.
package struct Explainer: Sendable {
  /// What decides.
  package let rules: CompiledRules
  /// What decides the same one rule at a time.
  package let tracer: RuleTracer
  let directory: NameDirectory
  /// The conditions of the rules as they are stated, with what they leave open closed.
  let stated: [Condition]

  /// Prepares a rule set, its names resolved by `directory`.
  /// - Throws: what is wrong with a regular expression. A rule set that was loaded without findings has none such.
  package init(_ ruleSet: RuleSet, directory: NameDirectory = NameDirectory()) throws(RuleSetError) {
    rules = try CompiledRules(ruleSet, directory: directory)
    tracer = try RuleTracer(ruleSet, directory: directory)
    self.directory = directory
    stated = ruleSet.rules.map { $0.when.withRuleDefaults() }
  }

  /// Why an event is decided as it is, and where nobody answers, what would have been answered.
  package func explain(_ event: Event) -> Explanation {
    let decision = rules.decide(event)
    var explanation = Explanation(
      event: event, decision: decision, tried: tried(event, decision), nearest: [], isSearchCut: false)
    if decision.outcome.leavesUnanswered {
      var search = NearestMissSearch(self, event)
      (explanation.nearest, explanation.isSearchCut) = search.run()
    }
    return explanation
  }

  /// The rules that are asked of an event that comes to `decision`, in order, down to the one that decides, each with what
  /// it says; none where the event never reaches a rule.
  package func tried(_ event: Event, _ decision: Decision) -> [TriedRule] {
    switch decision.outcome {
    case .silent(.own), .silent(.system), .silent(.noAccess): return []
    // Without a rule, it is `access` that denies.
    case .deny where decision.rule == nil: return []
    default: break
    }
    var facts = Facts(event, rules: tracer)
    return tracer.conditions.indices.prefix((decision.rule ?? tracer.conditions.count) + 1).map { index in
      let condition = tracer.conditions[index]
      guard let failure = facts.failure(of: condition, stated: stated[index]) else {
        return TriedRule(rule: index, verdict: index == decision.rule ? .decides : .wouldDecide)
      }
      let keys = ConditionKey.allCases.filter { !facts.holds($0, of: condition) }
      return TriedRule(rule: index, verdict: .fails(failure, keys: keys))
    }
  }

  /// The first condition of a rule that an event fails, without its parts, whatever other rules say; nil where it matches.
  package func failure(of rule: Int, on event: Event) -> ConditionFinding? {
    var facts = Facts(event, rules: tracer)
    return facts.firstFinding(of: tracer.conditions[rule], stated: stated[rule])
  }
}

extension Outcome {
  /// Whether somebody answers what was asked.
  var isAnswer: Bool {
    switch self {
    case .ask, .say, .run: true
    case .silent, .deny, .refuse, .hint: false
    }
  }

  /// Whether whoever asked may wonder why. A hint says itself what to do.
  fileprivate var leavesUnanswered: Bool {
    if case .hint = self { false } else { !isAnswer }
  }
}
