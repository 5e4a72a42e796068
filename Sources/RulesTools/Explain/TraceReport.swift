import ConfigLoader
import Core
import RuleAnalysis
import RuleEngine

/// The rules that an event tried, in order.
struct TraceReport {
  private let tried: [TriedRule]
  private let ruleSet: RuleSet
  /// Indicates whether the text has every rule of a long file.
  private let isWhole: Bool
  /// The name of a rule that the text has in any case.
  private let included: String?

  init(_ tried: [TriedRule], of ruleSet: RuleSet, isWhole: Bool = false, including included: String? = nil) {
    self.tried = tried
    self.ruleSet = ruleSet
    self.isWhole = isWhole
    self.included = included
  }

  var isEmpty: Bool { tried.isEmpty }

  /// Writes each rule with its failing condition or its effects; of a long file, only the nearest rules.
  /// - Parameter option: the command-line option that shows the others.
  func write(to page: inout ReportPage, shownBy option: String, effects: (Rule) -> [String]) {
    let shown = shownRules
    for tried in tried where shown.contains(tried.rule) { write(tried, to: &page, effects) }
    let hidden = hiddenRules(shown)
    if hidden.isEmpty { return }
    let parts = hidden.enumerated().map { index, hidden in
      // The noun is written once, with the first count.
      let count = index == 0 ? hidden.count.counted("rule") : hidden.count.grouped
      return "\(count) \(hidden.key.field.mismatch)"
    }
    page.add("… and " + parts.joined(separator: ", ") + " (\(option) shows them)", indent: 2)
  }

  private func write(_ tried: TriedRule, to page: inout ReportPage, _ effects: (Rule) -> [String]) {
    let rule = ruleSet.rules[tried.rule]
    switch tried.verdict {
    case .decides:
      page.add(rule, mark: "✓", .note)
      for line in effects(rule) { page.add(line, indent: 4) }
    case .wouldDecide:
      page.add(rule, mark: "~", .warning)
      page.add("matches, and would decide if it were not in mode shadow", indent: 4)
    case .fails(let diagnostic, _):
      page.add(rule, mark: "✗", .error)
      write(diagnostic, to: &page, indent: 4)
    }
  }

  private func write(_ diagnostic: ConditionResult, to page: inout ReportPage, indent: Int) {
    page.add(diagnostic.sentence, indent: indent)
    for part in diagnostic.parts { write(part, to: &page, indent: indent + 2) }
  }
}

extension TraceReport {
  /// All rules of a short file; of a long one those that match, the nearest ones, and the included one.
  private var shownRules: Set<Int> {
    guard !isWhole, tried.count > Limits.triedRulesMax else { return Set(tried.map(\.rule)) }
    let matching = tried.filter { $0.failedKeys.isEmpty }
    let near = tried.filter { rule in
      !rule.failedKeys.isEmpty && !rule.failedKeys.contains(where: Self.subjects.contains)
    }.sorted { distance(of: $0) < distance(of: $1) }
    let named = tried.filter { ruleSet.rules[$0.rule].name == included }
    return Set((matching + near.prefix(Limits.nearRulesMax) + named).map(\.rule))
  }

  /// The number of hidden rules by the condition that fails.
  private func hiddenRules(_ shown: Set<Int>) -> [(key: ConditionKey, count: Int)] {
    var counts: [ConditionKey: Int] = [:]
    for tried in tried where !shown.contains(tried.rule) {
      let key = Self.subjects.first(where: tried.failedKeys.contains) ?? tried.failedKeys.first
      if let key { counts[key, default: 0] += 1 }
    }
    return ConditionKey.inEvaluationOrder.compactMap { key in counts[key].map { (key, $0) } }
      .sorted { $0.count > $1.count }
  }

  /// The order of nearness: first by the number of failing conditions, then by how much the rule is about this channel
  /// or user.
  private func distance(of tried: TriedRule) -> (Int, Int, Int) {
    let about = ruleSet.rules[tried.rule].when.keys.count { Self.subjects.contains($0) }
    return (tried.failedKeys.count, -about, tried.rule)
  }

  /// A rule whose condition on one of these fails is about something else.
  private static let subjects: [ConditionKey] = [.channel, .user, .team, .command]
}

extension TraceReport {
  /// Every rule, whether or not the text has it.
  var json: JSON { .array(tried.map(json)) }

  private func json(_ tried: TriedRule) -> JSON {
    let rule = ruleSet.rules[tried.rule].reference
    return switch tried.verdict {
    case .decides: rule.appending(["verdict": "decides"])
    case .wouldDecide: rule.appending(["verdict": "would-decide"])
    case .fails(let diagnostic, let keys):
      rule.appending([
        "verdict": "fails", "failed": diagnostic.json, "all_failed": .array(keys.map { .string($0.rawValue) }),
      ])
    }
  }
}

extension TriedRule {
  /// The keys that fail; empty if the rule matches.
  fileprivate var failedKeys: [ConditionKey] {
    if case .fails(_, let keys) = verdict { keys } else { [] }
  }
}

extension ConditionResult {
  fileprivate var json: JSON {
    [
      "condition": .string(key.rawValue), "test": test.map { .string($0.rawValue) } ?? .null,
      "negated": .bool(isDenied), "expected": .array(expected.map { .string($0) }),
      "found": .array(found.map { .string($0) }), "parts": .array(parts.map(\.json)),
    ]
  }
}

extension Rule {
  /// The rule's name and location.
  var reference: JSON { ["rule": .string(name), "file": .string(location.file), "line": .int(location.line)] }
}
