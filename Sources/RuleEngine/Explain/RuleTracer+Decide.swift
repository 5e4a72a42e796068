package import Core

extension RuleTracer {
  /// What is to happen to an event. Pure and total: the same event always comes to the same decision.
  ///
  /// The decision names the first failed condition of each rule that did not match.
  package func decide(_ event: Event) -> Decision {
    switch event.author {
    case .own: return Decision(outcome: .silent(.own))
    case .system: return Decision(outcome: .silent(.system))
    case .human, .bot, .webhook, .plugin: break
    }
    guard access.contains(event.user.id) else { return Decision(outcome: ruleSet.outcomeWithoutAccess(event)) }

    var facts = Facts(event, rules: self)
    var shadows: [Int] = []
    var trace: [TraceStep] = []
    for index in conditions.indices {
      if let failed = facts.firstFailure(of: conditions[index]) {
        trace.append(TraceStep(rule: index, failed: failed))
      } else if ruleSet.rules[index].mode == .shadow {
        shadows.append(index)
      } else {
        let binding = facts.commandIndex
        let mayRun = binding.map { commandUsers[$0].contains(event.user.id) } ?? false
        let outcome = ruleSet.outcome(
          of: ruleSet.rules[index].action, for: event, command: facts.command, binding: binding, mayRun: mayRun)
        return Decision(outcome: outcome, rule: index, shadows: shadows, trace: trace)
      }
    }
    return Decision(outcome: .silent(.noRule), shadows: shadows, trace: trace)
  }
}
