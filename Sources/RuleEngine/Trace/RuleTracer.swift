package import Core
internal import TextMatch

/// Decides events like `CompiledRules`, but by evaluating one rule after the other, and records the first failing key
/// of each rule that does not match.
package struct RuleTracer: Sendable {
  /// The rule set that was compiled.
  package let ruleSet: RuleSet
  package let access: IdentitySet
  let commandIndices: [String: Int]
  private let commandUsers: [IdentitySet]
  package let conditions: [TracedCondition]
  let matcher: TextMatcher?

  /// Prepares a rule set, its names resolved by `directory`.
  /// - Throws: the first regular expression that is invalid. A rule set that was loaded without findings has none.
  package init(_ ruleSet: RuleSet, directory: NameDirectory = NameDirectory()) throws(RuleSetError) {
    self.ruleSet = ruleSet
    commandIndices = ruleSet.commands.indices
    var context = TracingContext(directory: directory, commandIndices: commandIndices)
    access = context.ids(ruleSet.access.users, .user)
    commandUsers = ruleSet.commands.bindings.map { context.ids($0.users, .user) }
    conditions = ruleSet.rules.map { context.compile($0.when.withRuleDefaults()) }
    do throws(PatternError) {
      matcher = context.patterns.isEmpty ? nil : try TextMatcher(context.patterns)
    } catch {
      throw RuleSetError(expression: context.patterns[error.pattern].text, message: error.message)
    }
  }

  /// Decides an event. Pure and total: the same event always leads to the same decision.
  package func decide(_ event: Event) -> Decision {
    switch event.author {
    case .own: return Decision(outcome: .silent(.own))
    case .system: return Decision(outcome: .silent(.system))
    case .human, .bot, .webhook, .plugin: break
    }
    guard access.contains(event.user.id.rawValue) else { return Decision(outcome: ruleSet.outcomeWithoutAccess(event)) }

    var traced = TracedEvent(event, rules: self)
    var shadows: [Int] = []
    var trace: [TraceStep] = []
    for index in conditions.indices {
      if let failed = traced.firstFailure(of: conditions[index]) {
        trace.append(TraceStep(rule: index, failed: failed))
      } else if ruleSet.rules[index].mode == .shadow {
        shadows.append(index)
      } else {
        let binding = traced.commandIndex
        let mayRun = binding.map { commandUsers[$0].contains(event.user.id.rawValue) } ?? false
        let outcome = ruleSet.outcome(
          of: ruleSet.rules[index].action, for: event, command: traced.command, binding: binding, mayRun: mayRun)
        return Decision(outcome: outcome, rule: index, shadows: shadows, trace: trace)
      }
    }
    return Decision(outcome: .silent(.noRule), shadows: shadows, trace: trace)
  }
}
