package import Core
package import RuleEngine

/// Why a test's post came to less than it was expected to.
package enum FailureCause: Sendable, Equatable {
  case unheard(Author)
  case noAccess
  case refused(command: String)
  case unbound(command: String)
  case shadow(rule: String)
  case condition(ConditionFinding, rule: String)

  /// Looks for it in what a test's post comes to; nil where that fell short of nothing.
  init?(_ decision: Decision, of test: RuleTest, by explainer: Explainer) {
    let set = explainer.rules.ruleSet
    switch decision.outcome {
    case .silent(.own), .silent(.system): self = .unheard(test.given.author)
    case .silent(.noAccess): self = .noAccess
    case .deny where decision.rule == nil: self = .noAccess
    case .refuse(let index): self = .refused(command: set.commands.bindings[index].name)
    case .hint(let name): self = .unbound(command: String(name))
    default:
      // A rule below the one that decides was not asked.
      guard case .named(let name)? = test.expect.rule,
        let rule = set.rules.prefix(decision.rule ?? .max).firstIndex(where: { $0.name == name })
      else { return nil }
      self = explainer.failure(of: rule, on: test.given).map { .condition($0, rule: name) } ?? .shadow(rule: name)
    }
  }
}
