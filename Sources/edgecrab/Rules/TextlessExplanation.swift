import ConfigLoader
import Core
import Journal
import RuleEngine

/// Explains recorded posts whose text was not kept: as far as rules ask for texts, only what was decided is sure.
struct TextlessExplanation {
  private let asksForTexts: Bool
  private var replay: Replay

  /// What is known of a post.
  struct Answer: Encodable {
    let event: EventLine
    /// What these rules decide; nil where that depends on the text.
    let now: RecordedDecision?

    var json: String { JSONLine.text(self) + "\n" }

    var text: String {
      let then = event.decided?.verdict
      let decision =
        switch (then, now?.verdict) {
        case (let then?, let now?) where then == now: "by these rules: the same"
        case (_, let now?): "by these rules: \(now)"
        case (_, nil): "by these rules: it depends on the text"
        }
      return (ReplayTexts.recorded(event) + ["    " + decision] + RulesCommandTexts.textNotKept(event.event.post))
        .joined(separator: "\n") + "\n"
    }
  }

  init(_ ruleSet: RuleSet) throws(RuleSetError) {
    asksForTexts = ruleSet.rules.contains { $0.when.asksForTexts }
    replay = try Replay(ruleSet)
  }

  /// What is known of a post; nil where everything is, and the rules can be held against it one by one.
  mutating func explain(_ line: EventLine) throws(RuleSetError) -> Answer? {
    guard asksForTexts, !line.isTextKept else { return nil }
    return Answer(event: line, now: try replay.decide([line])[0])
  }
}

extension Condition {
  fileprivate var asksForTexts: Bool { !text.isEmpty || (not + any).contains(where: \.asksForTexts) }
}
