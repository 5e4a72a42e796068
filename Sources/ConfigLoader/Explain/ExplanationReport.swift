public import RuleEngine
import Vocabulary

/// An explanation as people and programs read it.
public struct ExplanationReport: Sendable {
  let explanation: Explanation
  let ruleSet: RuleSet
  /// The name of the session that the event belongs to, where a rule decides.
  let session: String?
  /// Whether every rule is shown, however many there are.
  let isWhole: Bool

  /// Prepares a report.
  ///
  /// - Parameters:
  ///   - ruleSet: the rules that were asked.
  ///   - session: the name of the session that the event belongs to, where a rule decides.
  ///   - isWhole: whether to show every rule; else of a long file only those that came near.
  public init(_ explanation: Explanation, of ruleSet: RuleSet, session: String?, isWhole: Bool) {
    self.explanation = explanation
    self.ruleSet = ruleSet
    self.session = session
    self.isWhole = isWhole
  }

  /// The report in lines of at most 80 columns, where no name is longer.
  public func text(_ style: ReportStyle) -> String {
    let shown = shownRules
    var page = Page(style: style)
    page.put(explanation.event.headline)
    if !explanation.event.text.isEmpty { page.put(shortened(explanation.event.text), indent: 2) }
    page.line()
    for tried in explanation.tried where shown.contains(tried.rule) { show(tried, on: &page) }
    let hidden = hiddenRules(shown)
    if !hidden.isEmpty { page.put(Self.sentence(hidden: hidden), indent: 2) }
    if !explanation.tried.isEmpty { page.line() }
    for sentence in sentences { page.put(sentence) }
    return page.text
  }

  private func show(_ tried: TriedRule, on page: inout Page) {
    let rule = ruleSet.rules[tried.rule]
    switch tried.verdict {
    case .decides:
      page.head("✓", .note, rule)
      for line in effects(of: rule) { page.put(line, indent: 4) }
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

/// Lines of a report.
struct Page {
  let style: ReportStyle
  private(set) var lines: [String] = []

  init(style: ReportStyle) { self.style = style }

  var text: String { lines.map { $0 + "\n" }.joined() }

  mutating func line() { lines.append("") }

  /// A paragraph; its later lines stand further in than its first.
  mutating func put(_ text: String, indent: Int = 0) {
    let margin = String(repeating: " ", count: indent)
    let broken = TextColumn.wrapped(text, columns: Limits.writtenColumnsMax - indent - 2)
    for (index, line) in broken.enumerated() { lines.append(margin + (index == 0 ? "" : "  ") + line) }
  }

  /// A rule and where it stands, on the next line where both do not fit on one.
  mutating func head(_ sign: String, _ part: ReportStyle.Part, _ rule: Rule) {
    let name = rule.name.shown
    let place = "\(rule.place.file):\(rule.place.line)"
    let marked = style.mark(sign, as: part) + " " + style.mark(name, as: .place)
    let fits = TextColumn.width(name) + place.count + 4 <= Limits.writtenColumnsMax
    lines += fits ? ["\(marked)  \(place)"] : [marked, "    \(place)"]
  }
}
