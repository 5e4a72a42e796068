import RuleEngine

/// The rules that an event was asked of, in order, as people and programs read them.
struct TraceReport {
  let tried: [TriedRule]
  let ruleSet: RuleSet
  /// Whether people are shown every rule, however many there are.
  let isWhole: Bool
  /// The name of a rule that they are shown in any case.
  let sought: String?

  init(_ tried: [TriedRule], of ruleSet: RuleSet, isWhole: Bool = false, sought: String? = nil) {
    self.tried = tried
    self.ruleSet = ruleSet
    self.isWhole = isWhole
    self.sought = sought
  }

  /// Puts each rule on a page, with why it does not match or with its effects; of a long file only those that came near.
  /// - Parameter option: what shows the others.
  func show(on page: inout Page, shownBy option: String, effects: (Rule) -> [String]) {
    let shown = shownRules
    for tried in tried where shown.contains(tried.rule) { show(tried, on: &page, effects) }
    let hidden = hiddenRules(shown)
    if !hidden.isEmpty { page.put(Self.sentence(hidden: hidden, shownBy: option), indent: 2) }
  }

  private func show(_ tried: TriedRule, on page: inout Page, _ effects: (Rule) -> [String]) {
    let rule = ruleSet.rules[tried.rule]
    switch tried.verdict {
    case .decides:
      page.head("✓", .note, rule)
      for line in effects(rule) { page.put(line, indent: 4) }
    case .wouldDecide:
      page.head("~", .warning, rule)
      page.put(Self.shadow, indent: 4)
    case .fails(let finding, _):
      page.head("✗", .error, rule)
      show(finding, on: &page, indent: 4)
    }
  }

  private func show(_ finding: ConditionFinding, on page: inout Page, indent: Int) {
    page.put(finding.sentence, indent: indent)
    for part in finding.parts { show(part, on: &page, indent: indent + 2) }
  }
}
