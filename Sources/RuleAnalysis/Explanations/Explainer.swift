package import Core
package import RuleEngine

/// The reasons for a decision.
package struct Explanation: Sendable, Equatable {
  package var event: Event
  package var decision: Decision
  /// The rules that were tried, in order, down to the one that decides; empty if the event never reaches a rule.
  package var tried: [TriedRule]
  /// If no answer follows: the smallest changes of the event that would be answered, the nearest first, at most one for
  /// each rule.
  package var nearest: [NearestMiss]
  /// True if the search for the nearest misses ended before it had tried everything.
  package var isSearchCut: Bool
}

package struct TriedRule: Sendable, Equatable {
  /// The rule's index.
  package var rule: Int
  package var verdict: Verdict

  package enum Verdict: Sendable, Equatable {
    /// It matches, and decides.
    case decides
    /// It matches, and would decide if its mode were not `shadow`.
    case wouldDecide
    /// It does not match: its first key that fails, and all keys that fail.
    case fails(ConditionResult, keys: [ConditionKey])
  }
}

/// Decides events and gives the reasons, key by key.
package struct Explainer: Sendable {
  /// The rules that decide.
  package let rules: CompiledRules
  /// The same rules, evaluated one at a time.
  package let tracer: RuleTracer
  let directory: NameDirectory
  /// The conditions of the rules as they are stated, with the defaults of rules.
  let stated: [Condition]

  /// Prepares a rule set, its names resolved by `directory`.
  /// - Throws: the first regular expression that is invalid. A rule set that was loaded without diagnostics has none.
  package init(_ ruleSet: RuleSet, directory: NameDirectory = NameDirectory()) throws(RuleSetError) {
    rules = try CompiledRules(ruleSet, directory: directory)
    tracer = try RuleTracer(ruleSet, directory: directory)
    self.directory = directory
    stated = ruleSet.rules.map { $0.when.withRuleDefaults() }
  }

  /// Returns the reasons for the decision on an event and, if no answer follows, the nearest events that would be
  /// answered.
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

  /// Returns the rules that are tried on the way to `decision`, in order, down to the one that decides; empty if the
  /// event never reaches a rule.
  package func tried(_ event: Event, _ decision: Decision) -> [TriedRule] {
    switch decision.outcome {
    case .silent(.own), .silent(.system), .silent(.noAccess): return []
    // Without a rule, it is `access` that denies.
    case .deny where decision.rule == nil: return []
    default: break
    }
    var traced = TracedEvent(event, rules: tracer)
    return tracer.conditions.indices.prefix((decision.rule ?? tracer.conditions.count) + 1).map { index in
      let condition = tracer.conditions[index]
      guard let failure = traced.failure(of: condition, stated: stated[index]) else {
        return TriedRule(rule: index, verdict: index == decision.rule ? .decides : .wouldDecide)
      }
      return TriedRule(rule: index, verdict: .fails(failure, keys: traced.failures(of: condition)))
    }
  }

  /// Returns the first key of a rule that an event fails, without its parts and regardless of other rules; `nil` if the
  /// rule matches.
  package func failure(of rule: Int, on event: Event) -> ConditionResult? {
    var traced = TracedEvent(event, rules: tracer)
    return traced.firstFailure(of: tracer.conditions[rule], stated: stated[rule])
  }
}

extension Outcome {
  /// True if the event is answered.
  var isAnswer: Bool {
    switch self {
    case .ask, .say, .run: true
    case .silent, .deny, .refuse, .hint: false
    }
  }

  /// True if the user may wonder why there is no answer. After a hint, the user knows what to do.
  fileprivate var leavesUnanswered: Bool {
    if case .hint = self { false } else { !isAnswer }
  }
}
