import ConfigLoader
import Core
import Journal
import RuleEngine
import RulesTools

/// Explains recorded posts whose text was not recorded, as far as rules with text conditions allow.
struct TextlessExplainer {
  private let hasTextConditions: Bool
  private var replay: Replay

  init(_ ruleSet: RuleSet) throws(RuleSetError) {
    hasTextConditions = ruleSet.rules.contains { $0.when.hasTextConditions }
    replay = try Replay(ruleSet)
  }

  /// Returns the recorded facts of a post without text, or `nil` if its text is known and the rules can be explained.
  mutating func explain(_ line: EventLine) throws(RuleSetError) -> Explanation? {
    guard hasTextConditions, !line.isTextKept else { return nil }
    return Explanation(event: line, now: try replay.decide([line])[0])
  }

  struct Explanation: Encodable, EventExplanation {
    let event: EventLine
    /// The decision of these rules, or `nil` if it depends on the text.
    let now: RecordedDecision?

    var json: String { JSONLine.text(self) + "\n" }

    func text(_: ReportStyle) -> String {
      let decision =
        switch (event.decided?.verdict, now?.verdict) {
        case (let then?, let now?) where then == now: "by these rules: the same"
        case (_, let now?): "by these rules: \(now)"
        case (_, nil): "by these rules: it depends on the text"
        }
      let remedy = [
        "The text of this post was not recorded, and the rules have text conditions, so",
        "the failing conditions are unknown. To explain the post from the server, run:",
        "edgecrab rules explain --online \(event.event.post)",
      ]
      return (ReplayTexts.recorded(event) + ["    " + decision] + remedy).joined(separator: "\n") + "\n"
    }
  }
}

extension Condition {
  fileprivate var hasTextConditions: Bool { !text.isEmpty || (not + any).contains(where: \.hasTextConditions) }
}
