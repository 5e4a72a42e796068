import RuleEngine

extension ExplanationReport {
  /// The rules that are shown: all of a short file; of a long one those that match, and those that came nearest.
  var shownRules: Set<Int> {
    let tried = explanation.tried
    guard !isWhole, tried.count > Limits.triedShownMax else { return Set(tried.map(\.rule)) }
    let matching = tried.filter { $0.failedKeys.isEmpty }
    let near = tried.filter { !$0.failedKeys.isEmpty && $0.failedKeys.isDisjoint(with: Self.others) }
      .sorted { ($0.failedKeys.count, $0.rule) < ($1.failedKeys.count, $1.rule) }
    return Set((matching + near.prefix(Limits.nearShownMax)).map(\.rule))
  }

  /// How many rules are not shown, by what they ask for that the event has not.
  func hiddenRules(_ shown: Set<Int>) -> [(key: ConditionKey, count: Int)] {
    var counts: [ConditionKey: Int] = [:]
    for tried in explanation.tried where !shown.contains(tried.rule) {
      let key = Self.others.first(where: tried.failedKeys.contains) ?? tried.failedKeys.first
      if let key { counts[key, default: 0] += 1 }
    }
    return ConditionKey.allCases.compactMap { key in counts[key].map { (key, $0) } }
      .sorted { $0.count > $1.count }
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
