import ConfigLoader
import Core
import Gateway
import Journal
import RuleAnalysis
import RuleEngine
import RulesTools
import ServerLookup

/// An explanation of an event, for people and for programs.
protocol EventExplanation {
  var json: String { get }
  func text(_ style: ReportStyle) -> String
}

extension ExplanationReport: EventExplanation {}

/// Explains recorded or described events by rules.
struct EventExplainer {
  private let explainer: Explainer
  private var textless: TextlessExplainer
  private let isWhole: Bool

  /// - Parameters:
  ///   - lines: the events to be explained; from them, the ids of names are learned.
  ///   - isWhole: shows every rule of a long file, not only the nearest ones.
  init(_ ruleSet: RuleSet, of lines: [EventLine], isWhole: Bool = false) throws(RuleSetError) {
    explainer = try Explainer(ruleSet, directory: NameDirectory(learnedFrom: lines, for: ruleSet))
    textless = try TextlessExplainer(ruleSet)
    self.isWhole = isWhole
  }

  /// Explains an event. `note` is added to the explanation of rules.
  mutating func explain(_ line: EventLine, note: String? = nil) throws(RuleSetError) -> any EventExplanation {
    if !line.isAnswerToQuestion, let explanation = try textless.explain(line) { return explanation }
    return ExplanationReport(
      line, by: explainer, recorded: line.decided == nil && !line.isAnswerToQuestion ? nil : line, isWhole: isWhole,
      note: note)
  }
}

extension ExplanationReport {
  init(
    _ line: EventLine, by explainer: Explainer, recorded: EventLine?, isWhole: Bool, isMember: Bool = true,
    note: String? = nil
  ) {
    self.init(
      explainer.explain(line.event), of: explainer.rules.ruleSet, teamName: line.teamName, isWhole: isWhole,
      recorded: recorded, isMember: isMember, note: note,
      sessionName: { line.hasID ? line.event.sessionName($0) : nil })
  }

  /// Explains a post on the server as it would be decided if it were posted now.
  init(_ fetched: FetchedPost, by ruleSet: RuleSet, recorded: EventLine? = nil, isWhole: Bool) throws(RuleSetError) {
    self.init(
      EventLine(fetched.event, teamName: fetched.teamName),
      by: try Explainer(ruleSet, directory: fetched.directory), recorded: recorded, isWhole: isWhole,
      isMember: fetched.isMember)
  }
}
