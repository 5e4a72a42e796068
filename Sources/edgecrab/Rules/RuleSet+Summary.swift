import RuleEngine

extension RuleSet {
  /// How much there is of what: `3 rules, 1 agent, 9 tests`.
  var summary: String {
    [(rules.count, "rule"), (agents.count, "agent"), (tests.count, "test")]
      .map { count, noun in "\(count) \(noun)\(count == 1 ? "" : "s")" }
      .joined(separator: ", ")
  }
}
