import RuleEngine

extension LoadedRules {
  /// The same with warnings of rules that no message comes to: the gateway does not wait for them, `rules check` does.
  ///
  /// Names stand for themselves: no server is asked.
  package func analyzed() -> LoadedRules {
    guard let rules else { return self }
    var findings = DiagnosticCollector()
    findings.add(diagnostics)
    var undecided: [Int] = []
    for (index, found) in RuleAnalysis(rules).reachability().enumerated() {
      let rule = rules.rules[index]
      switch found {
      case .reachable: break
      case .undecided: undecided.append(index)
      case .impossible(let causes):
        let finding = Diagnostic.impossibleRule(rule.name, causes, at: rulePositions[index])
        // Where a group stands for a name, the rule is impossible because of that.
        let isExplained = diagnostics.contains { $0.code == .groupAsName && $0.span == finding.span }
        if !isExplained { findings.add(finding) }
      case .taken(let maskingRules):
        let maskingRules = maskingRules.map { (name: rules.rules[$0].name, span: rulePositions[$0].head) }
        findings.add(.takenRule(rule.name, by: maskingRules, at: rulePositions[index].head))
      }
    }
    // One for all: what makes the first too hard makes the others too hard as well.
    if let first = undecided.first {
      findings.add(
        .undecidedRules(rules.rules[first].name, more: undecided.count - 1, at: rulePositions[first].head))
    }
    return LoadedRules(
      rules: rules, diagnostics: findings.sorted, leftOut: leftOut + findings.leftOut, variables: variables,
      openAccess: openAccess,
      source: source, addedCommands: addedCommands, rulePositions: rulePositions, namePositions: namePositions)
  }
}

extension Diagnostic {
  /// Points at the last of the keys that exclude each other, and has a note for each of the others.
  fileprivate static func impossibleRule(
    _ rule: String, _ causes: [Reachability.Cause], at spot: RulePositions
  ) -> Self {
    let keys = causes.compactMap { if case .key(let key) = $0 { key } else { nil } }
    var spans = keys.map { (key: $0, span: spot.span(of: $0)) }.sorted { $0.span.start < $1.span.start }
    let last = spans.popLast()
    return impossibleRule(rule, causes, at: last?.span ?? spot.head, others: spans)
  }
}
