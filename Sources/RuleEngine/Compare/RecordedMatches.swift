/// What a recorded decision tells about another rule set without the event's text: a rule that asks the same as one that
/// was asked then matches now as it did then.
package struct RecordedMatches: Sendable {
  /// For each rule of the other set, the one of the recording set that asks the same.
  private let twins: [Int?]
  private let recording: RuleSet

  /// Finds the rules that ask the same in both; nil where the same words may mean other commands.
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

  /// For each rule whether it matches the event of which this was decided; nil where that is not known.
  package func matches(_ verdict: Verdict, shadows: [String]) -> [Bool?] {
    // Without access, no rule was asked.
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
