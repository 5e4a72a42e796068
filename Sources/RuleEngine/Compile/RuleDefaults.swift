import Core

extension Condition {
  /// Returns the condition of a whole rule with the defaults of rules: only people, and no edits.
  ///
  /// If some branches of `any` ask for authors or edits, the other branches get the defaults instead.
  package func withRuleDefaults() -> Condition {
    var closed = self
    for (domain, value) in Self.ruleDefaults { closed.settle(domain, as: value) }
    return closed
  }

  /// The facts that every rule tests, with the values that are allowed if the rule does not state them.
  private static let ruleDefaults: [(domain: FactDomain, value: FactBits)] = Field.all.compactMap { field in
    guard case .options = field.test, let domain = field.domain, let fallback = field.fallback else { return nil }
    return (domain, domain.bits(ofOptions: [fallback.string ?? fallback.text]))
  }

  private mutating func settle(_ domain: FactDomain, as value: FactBits) {
    if self[domain] != nil { return }
    guard any.contains(where: { $0.asks(domain) }) else {
      self[domain] = value
      return
    }
    for index in any.indices { any[index].settle(domain, as: value) }
  }

  private func asks(_ domain: FactDomain) -> Bool { self[domain] != nil || any.contains { $0.asks(domain) } }
}

extension Rule {
  /// The same rule with the defaults of its condition written out.
  package var withDefaults: Rule {
    var rule = self
    rule.when = when.withRuleDefaults()
    return rule
  }
}

extension RuleSet {
  /// The same rules with the defaults of their conditions written out.
  package var withDefaults: RuleSet {
    var set = self
    set.rules = rules.map(\.withDefaults)
    return set
  }
}
