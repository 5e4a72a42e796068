package import Core
package import RuleEngine

/// One event as a line of JSON, with the keys of a test's `given`.
///
/// A recorded event has further keys: `post`, `user_id`, `channel_id`, `team_id` and `root` are the server's ids,
/// `override_name` is the name that a webhook's post showed in place of its account's, `body` is the message without the
/// mention that opens it, and `text: null` says that the text was not kept; `command` is then the name of the command that it
/// began with, behind its prefix. `decided` is what the gateway decided, `outcomes` what came of it.
package struct EventLine: Sendable, Equatable {
  /// The event. Where its text was not kept, `text` is empty and `body` at most the command's name.
  package var event: Event
  /// The team's name, of which an event knows only the id; nil where it is not known.
  package var teamName: String?
  /// Whether the event's text is known.
  package var isTextKept: Bool
  /// What was decided when the event happened; nil where nobody did.
  package var decided: RecordedDecision?
  /// Whether the gateway took it as the answer to an agent's question, so that rules were not asked about it, and are not asked
  /// again; `decided` is null then.
  package var isAnswerToQuestion: Bool
  /// What came of it, in the order in which it became known.
  package var outcomes: [RecordedOutcome]

  /// Puts a line together.
  package init(
    _ event: Event, teamName: String? = nil, isTextKept: Bool = true, decided: RecordedDecision? = nil,
    isAnswerToQuestion: Bool = false, outcomes: [RecordedOutcome] = []
  ) {
    self.event = event
    self.teamName = teamName
    self.isTextKept = isTextKept
    self.decided = decided
    self.isAnswerToQuestion = isAnswerToQuestion
    self.outcomes = outcomes
  }
}

extension EventLine {
  /// Whether the post has an id of its own, as on a server.
  package var hasID: Bool { event.post != GivenEvent.post }
}

/// A decision as it is recorded with its event.
package struct RecordedDecision: Sendable, Equatable {
  /// What was decided.
  package var verdict: Verdict
  /// The shadow rules that would have decided, in order.
  package var shadows: [String]
  /// The fingerprint of the rule set that decided; empty where it is clear which.
  package var rules: String

  /// Records a decision.
  package init(_ verdict: Verdict, shadows: [String] = [], rules: String = "") {
    self.verdict = verdict
    self.shadows = shadows
    self.rules = rules
  }
}
