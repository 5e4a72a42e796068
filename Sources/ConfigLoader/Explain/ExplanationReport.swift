import Core
package import RuleEngine

/// An explanation as people and programs read it.
package struct ExplanationReport: Sendable {
  let explanation: Explanation
  let ruleSet: RuleSet
  /// The name of the event's team, of which an event knows only the id; nil where it is not known.
  let teamName: String?
  /// Whose conversation the event belongs to, with the conversation's name; nil where nothing is asked or run.
  let session: (scope: SessionScope, name: String?)?
  /// Whether every rule is shown, however many there are.
  let isWhole: Bool
  /// What the gateway recorded of the event; nil if it did not, or that is not known.
  let recorded: EventLine?
  /// Whether the bot is a member of the event's channel.
  let isMember: Bool
  /// What the reader has to know beside it; `nil` if nothing.
  let note: String?

  /// Prepares a report.
  ///
  /// - Parameters:
  ///   - ruleSet: the rules that were asked.
  ///   - teamName: the name of the event's team, where it is known.
  ///   - isWhole: whether to show every rule; else of a long file only those that came near.
  ///   - recorded: what the gateway recorded of the event.
  ///   - isMember: whether the bot is a member of the event's channel: else it does not hear of the post.
  ///   - note: what the reader has to know beside it, as of the event's mentions.
  ///   - sessionName: the name of the event's session of this scope; nil where the event was made up.
  package init(
    _ explanation: Explanation, of ruleSet: RuleSet, teamName: String? = nil, isWhole: Bool,
    recorded: EventLine? = nil, isMember: Bool = true, note: String? = nil, sessionName: (SessionScope) -> String?
  ) {
    self.explanation = explanation
    self.ruleSet = ruleSet
    self.teamName = teamName
    session = Verdict(explanation.decision, in: ruleSet).session.map { ($0, sessionName($0)) }
    self.isWhole = isWhole
    self.recorded = recorded
    self.isMember = isMember
    self.note = note
  }

  /// The report in lines of at most 80 columns, where no name is longer.
  package func text(_ style: ReportStyle) -> String {
    var page = Page(style: style)
    page.put(explanation.event.headline(team: teamName ?? explanation.event.team))
    if !explanation.event.text.isEmpty { page.put(shortened(explanation.event.text), indent: 2) }
    page.line()
    if recorded?.isAnswerToQuestion != true {
      tried.show(on: &page, shownBy: "--all", effects: effects)
      if !explanation.tried.isEmpty { page.line() }
    }
    for sentence in sentences { page.put(sentence) }
    if let note { page.put("note: " + note) }
    return page.text
  }

  var tried: TraceReport { TraceReport(explanation.tried, of: ruleSet, isWhole: isWhole) }
}
