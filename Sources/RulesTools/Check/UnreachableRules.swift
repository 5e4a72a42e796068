package import ConfigLoader
import Core
import RuleAnalysis
import RuleEngine

extension LoadedRules {
  /// Returns the same with warnings of rules that no message reaches. The analysis takes time, so that `rules check`
  /// runs it and the gateway does not.
  ///
  /// Names are not resolved by a server.
  package func analyzed() -> LoadedRules {
    guard let rules else { return self }
    var warnings: [Diagnostic] = []
    var undecided: [Int] = []
    for (index, reachability) in RuleAnalysis(rules).reachability().enumerated() {
      let rule = rules.rules[index]
      switch reachability {
      case .reachable: break
      case .undecided: undecided.append(index)
      case .impossible(let causes):
        let warning = Diagnostic.impossibleRule(rule.name, causes, at: rulePositions[index])
        // A group that is used as a name explains why the rule is impossible.
        let isExplained = diagnostics.contains { $0.code == .groupAsName && $0.span == warning.span }
        if !isExplained { warnings.append(warning) }
      case .masked(let maskingRules):
        let shadowing = maskingRules.map { (name: rules.rules[$0].name, span: rulePositions[$0].head) }
        warnings.append(.takenRule(rule.name, by: shadowing, at: rulePositions[index].head))
      }
    }
    // One for all: the rule that makes the first too complex makes the others too complex as well.
    if let first = undecided.first {
      warnings.append(
        .undecidedRules(rules.rules[first].name, more: undecided.count - 1, at: rulePositions[first].head))
    }
    return adding(warnings)
  }
}

extension Diagnostic {
  /// Points at the last of the keys that exclude each other, with a note for each of the others.
  fileprivate static func impossibleRule(
    _ rule: String, _ causes: [Reachability.Cause], at positions: RulePositions
  ) -> Self {
    let keys = causes.compactMap { if case .key(let key) = $0 { key } else { nil } }
    var spans = keys.map { (key: $0, span: positions.span(of: $0)) }.sorted { $0.span.start < $1.span.start }
    let last = spans.popLast()
    return Self(
      .impossibleRule, "the rule \(quoted(rule)) can never match: \(causes.exclusion)",
      at: last?.span ?? positions.head,
      notes: spans.map { Note(message: "its `\($0.key.rawValue)`", span: $0.span) }, help: causes.help)
  }

  fileprivate static func takenRule(
    _ rule: String, by shadowing: [(name: String, span: SourceSpan)], at span: SourceSpan
  ) -> Self {
    let verb = shadowing.count.plural(one: "matches", other: "together match")
    return Self(
      .takenRule,
      "the rule \(quoted(rule)) is never reached: \(listed(shadowing.map(\.name))) \(verb) all that it could match",
      at: span,
      notes: shadowing.prefix(Limits.shadowingRulesMax).map {
        Note(message: "\(quoted($0.name)) is tried first", span: $0.span)
      },
      help: "move it up, or remove it")
  }

  fileprivate static func undecidedRules(_ rule: String, more: Int, at span: SourceSpan) -> Self {
    let rules = more > 0 ? "the rule \(quoted(rule)) and \(more) more" : "the rule \(quoted(rule))"
    return Self(
      .undecidedRules, "it would take too long to find out whether any message reaches \(rules)", at: span,
      help: "use fewer nested `any` and `not` in it and in the rules above it")
  }
}

extension [Reachability.Cause] {
  /// The conditions that exclude each other.
  fileprivate var exclusion: String {
    if self == [.access, .key(.user)] { return "`access` allows none of the users in its `user`" }
    let phrases = map(\.phrase)
    guard let last = phrases.last, phrases.count > 1 else { return (phrases.first ?? "nothing") + " never holds" }
    return phrases.dropLast().joined(separator: ", ") + " and " + last + " exclude each other"
  }

  /// The reason if it follows from the language alone, else the remedy.
  fileprivate var help: String {
    let causes = Set(self)
    if causes.contains(.access) { return "`access` is checked before any rule" }
    if causes.contains(.fallback(.author)) { return "a rule without `author` matches only people" }
    if causes.contains(.fallback(.edited)) { return "a rule without `edited` matches no edits" }
    if causes.contains(.key(.team)), !causes.isDisjoint(with: [.key(.kind), .key(.trigger)]) {
      return "direct and group channels belong to no team"
    }
    if causes.isSuperset(of: [.key(.trigger), .key(.kind)]) {
      return "`trigger: dm` holds in direct channels, and only there"
    }
    if causes.isSuperset(of: [.key(.trigger), .key(.thread)]) { return "`trigger: thread` holds for replies only" }
    return count > 1 ? "remove one of them" : "remove a part of it, or all of it"
  }
}

extension Reachability.Cause {
  fileprivate var phrase: String {
    switch self {
    case .key(let key): "its `\(key.rawValue)`"
    case .fallback(let key):
      "the default `\(key.rawValue): \(key.field.fallback?.string ?? key.field.fallback?.text ?? "")`"
    case .access: "`access`"
    }
  }
}
