import RuleEngine

extension TraceReport {
  /// The rules that are shown: all of a short file; of a long one those that match, those that came nearest, and the one
  /// that is sought.
  var shownRules: Set<Int> {
    guard !isWhole, tried.count > Limits.triedShownMax else { return Set(tried.map(\.rule)) }
    let matching = tried.filter { $0.failedKeys.isEmpty }
    let near = tried.filter { !$0.failedKeys.isEmpty && $0.failedKeys.isDisjoint(with: Self.others) }
      .sorted { nearness($0) < nearness($1) }
    let named = tried.filter { ruleSet.rules[$0.rule].name == sought }
    return Set((matching + near.prefix(Limits.nearShownMax) + named).map(\.rule))
  }

  /// How many rules are not shown, by what they ask for that the event has not.
  func hiddenRules(_ shown: Set<Int>) -> [(key: ConditionKey, count: Int)] {
    var counts: [ConditionKey: Int] = [:]
    for tried in tried where !shown.contains(tried.rule) {
      let key = Self.others.first(where: tried.failedKeys.contains) ?? tried.failedKeys.first
      if let key { counts[key, default: 0] += 1 }
    }
    return ConditionKey.allCases.compactMap { key in counts[key].map { (key, $0) } }
      .sorted { $0.count > $1.count }
  }

  /// The fewer conditions fail the nearer; of rules with as many, one that is about this channel or user is nearer than
  /// one for everybody.
  private func nearness(_ tried: TriedRule) -> (Int, Int, Int) {
    let about = ruleSet.rules[tried.rule].when.keys.count { Self.others.contains($0) }
    return (tried.failedKeys.count, -about, tried.rule)
  }

  /// A rule whose condition on one of these fails is about something else.
  private static let others: [ConditionKey] = [.channel, .user, .team, .command]
}

extension TriedRule {
  /// The keys that fail; none where the rule matches.
  fileprivate var failedKeys: [ConditionKey] {
    if case .fails(_, let keys) = verdict { keys } else { [] }
  }
}

extension [ConditionKey] {
  fileprivate func isDisjoint(with others: [ConditionKey]) -> Bool { !contains(where: others.contains) }
}
