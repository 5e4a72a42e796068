public import RuleEngine
public import Vocabulary

/// Why a test's post came to less than it was expected to.
public enum Shortfall: Sendable, Equatable {
  case unheard(Author)
  case noAccess
  case refused(command: String)
  case unbound(command: String)
  case shadow(rule: String)
  case condition(ConditionKey, rule: String)

  /// Looks for it in a decision that has its trace; nil where the decision fell short of nothing.
  init?(_ decision: Decision, of test: RuleTest, in set: RuleSet) {
    switch decision.outcome {
    case .silent(.own), .silent(.system): self = .unheard(test.given.author)
    case .silent(.noAccess): self = .noAccess
    case .deny where decision.rule == nil: self = .noAccess
    case .refuse(let index): self = .refused(command: set.commands.bindings[index].name)
    case .hint(let name): self = .unbound(command: String(name))
    default:
      guard case .named(let name)? = test.expect.rule else { return nil }
      if decision.shadows.contains(where: { set.rules[$0].name == name }) {
        self = .shadow(rule: name)
      } else if let step = decision.trace.first(where: { set.rules[$0.rule].name == name }) {
        self = .condition(step.failed, rule: name)
      } else {
        return nil
      }
    }
  }
}
