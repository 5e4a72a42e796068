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
    var page = Page(style: style)
    page.put(explanation.event.headline)
    if !explanation.event.text.isEmpty { page.put(shortened(explanation.event.text), indent: 2) }
    page.line()
    tried.show(on: &page, shownBy: "--all", effects: effects)
    if !explanation.tried.isEmpty { page.line() }
    for sentence in sentences { page.put(sentence) }
    return page.text
  }

  var tried: TriedRules { TriedRules(explanation.tried, of: ruleSet, isWhole: isWhole) }
}
