import RuleEngine

extension RulesReader {
  /// Warns of rules that no message comes to. Names stand for themselves: no server is asked.
  mutating func warnOfUnreachable(_ set: RuleSet) {
    var undecided: [Int] = []
    for (index, found) in RuleAnalysis(set).reachability().enumerated() {
      switch found {
      case .reachable: break
      case .undecided: undecided.append(index)
      case .impossible(let causes): warn(ofImpossible: set.rules[index], causes, at: ruleSpots[index])
      case .taken(let takers):
        let takers = takers.map { (name: set.rules[$0].name, span: ruleSpots[$0].head) }
        findings.add(.takenRule(set.rules[index].name, by: takers, at: ruleSpots[index].head))
      }
    }
    // One for all: what makes the first too hard makes the others too hard as well.
    if let first = undecided.first {
      findings.add(
        .undecidedRules(set.rules[first].name, more: undecided.count - 1, at: ruleSpots[first].head))
    }
  }

  private mutating func warn(ofImpossible rule: Rule, _ causes: [Reachability.Cause], at spot: RuleSpot) {
    let keys = causes.compactMap { if case .key(let key) = $0 { key } else { nil } }
    var spans = keys.map { (key: $0, span: spot.span(of: $0)) }.sorted { $0.span.start < $1.span.start }
    let last = spans.popLast()
    findings.add(
      .impossibleRule(
        rule.name, causes, at: last?.span ?? spot.head,
        others: spans.map { Diagnostic.Note(message: "its `\($0.key.rawValue)`", span: $0.span) }))
  }
}
