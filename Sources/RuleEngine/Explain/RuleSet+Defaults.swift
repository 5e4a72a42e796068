extension RuleSet {
  /// The same rules, with what their conditions leave open written out: that only people are meant, and no edits.
  package var withDefaults: RuleSet {
    var set = self
    set.rules = rules.map(\.withDefaults)
    return set
  }
}

extension Rule {
  /// The same rule, with what its condition leaves open written out.
  package var withDefaults: Rule {
    var rule = self
    rule.when = when.withRuleDefaults()
    return rule
  }
}
