package import RuleEngine

/// The matches of another rule set that follow from a recorded decision, without the event's text: a rule with the same
/// condition as a rule of that decision matches as that one did.
package struct RecordedMatches: Sendable {
  /// For each rule of the other set, the rule of the recording set with the same condition.
  private let twins: [Int?]
  private let recording: RuleSet

  /// Returns `nil` if commands are recognised differently, so that equal conditions may not match alike.
  package init?(of ruleSet: RuleSet, recordedBy recording: RuleSet) {
    guard ruleSet.commands.prefixes == recording.commands.prefixes,
      ruleSet.commands.names == recording.commands.names
    else { return nil }
    let indices = Dictionary(
      recording.rules.enumerated().map { ($1.when.withRuleDefaults().canonicalFields, $0) },
      uniquingKeysWith: { first, _ in first })
    twins = ruleSet.rules.map { indices[$0.when.withRuleDefaults().canonicalFields] }
    self.recording = recording
  }

  /// Returns for each rule whether it matches the event of a verdict; `nil` if that is unknown.
  package func matches(_ verdict: Verdict, shadows: [String]) -> [Bool?] {
    // Without access, no rule was evaluated.
    guard verdict.rule != nil || verdict.outcome == .noRule else { return twins.map { _ in nil } }
    let winner = verdict.rule.flatMap { name in recording.rules.firstIndex { $0.name == name } }
    let end = winner ?? recording.rules.count
    let shadows = Set(shadows)
    return twins.map { twin in
      guard let twin, twin <= end else { return nil }
      return twin == winner || recording.rules[twin].mode == .shadow && shadows.contains(recording.rules[twin].name)
    }
  }
}

extension Commands {
  fileprivate var names: [String: Set<String>] {
    Dictionary(bindings.map { ($0.name, Set($0.aliases)) }, uniquingKeysWith: { first, _ in first })
  }
}

extension RuleSet {
  /// Returns the rule set without conditions on the text.
  ///
  /// With `canMatch`, a rule matches if it would match for some text; without, only if it would match for every text.
  /// If both decide an event alike, its text does not matter.
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
      // The negation of the empty condition never holds.
      if !holds { condition.not.append(Condition()) }
    }
    return condition
  }
}
