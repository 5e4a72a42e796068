extension RuleSet {
  /// The rule set in which no condition asks for the text any more.
  ///
  /// With `canMatch`, a rule matches that would match for some text; without, only one that would match for every text.
  /// Where both decide an event alike, its text does not matter.
  package func withoutText(canMatch: (Int) -> Bool) -> RuleSet {
    var set = self
    for index in rules.indices { set.rules[index].when = rules[index].when.withoutText(holds: canMatch(index)) }
    return set
  }
}

extension Condition {
  fileprivate func withoutText(holds: Bool) -> Condition {
    var condition = self
    condition.not = not.map { $0.withoutText(holds: !holds) }
    condition.any = any.map { $0.withoutText(holds: holds) }
    if !text.isEmpty {
      condition.text = []
      // Not the condition that asks nothing: never.
      if !holds { condition.not.append(Condition()) }
    }
    return condition
  }
}
