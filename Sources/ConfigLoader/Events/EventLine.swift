package import Core
package import RuleEngine

/// One event as a line of JSON, with the keys of a test's `given`.
///
/// A recorded event has further keys: `post`, `user_id`, `channel_id`, `team_id` and `root` are the server's ids,
/// `override_name` is the name that a webhook's post showed instead of its account's, `body` is the message without the
/// mention that opens it, and `text: null` says that the text was not recorded; `command` is then the command that it
/// began with, its prefix included. `decided` is the gateway's decision, `outcomes` are its outcomes.
package struct EventLine: Sendable, Equatable {
  /// The event. If its text was not recorded, `text` is empty and `body` is at most the command's name.
  package var event: Event
  /// The team's name, of which an event has only the id; `nil` if it is unknown.
  package var teamName: String?
  package var isTextKept: Bool
  /// The decision when the event happened; `nil` if there was none.
  package var decided: RecordedDecision?
  /// Indicates whether the gateway took it as the answer to an agent's question: rules were not evaluated for it, and
  /// `decided` is null.
  package var isAnswerToQuestion: Bool
  /// The outcomes, in the order in which they became known.
  package var outcomes: [RecordedOutcome]

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
  /// Indicates whether the post has an id of its own, as on a server.
  package var hasID: Bool { event.post != GivenEvent.post }
}

/// A decision that is recorded with its event.
package struct RecordedDecision: Sendable, Equatable {
  package var verdict: Verdict
  /// The shadow rules that would have decided, in order.
  package var shadows: [String]
  /// The fingerprint of the rule set that decided; empty if it is clear which.
  package var rules: String

  package init(_ verdict: Verdict, shadows: [String] = [], rules: String = "") {
    self.verdict = verdict
    self.shadows = shadows
    self.rules = rules
  }
}

/// The keys of an event's line: those of a test's `given`, and those of a recorded event.
package struct EventLineKey: RawRepresentable, CaseIterable, Hashable, Sendable {
  package let rawValue: String

  private init(_ name: String) { rawValue = name }

  /// The key of a field that an event can be given.
  init(_ key: ConditionKey) { rawValue = key.rawValue }

  package init?(rawValue: String) {
    guard Self.allCases.contains(where: { $0.rawValue == rawValue }) else { return nil }
    self.rawValue = rawValue
  }

  package static let user = Self(.user)
  package static let channel = Self(.channel)
  package static let team = Self(.team)
  package static let text = Self(.text)
  package static let at = Self("at")
  package static let post = Self("post")
  package static let root = Self("root")
  package static let body = Self("body")
  package static let command = Self(.command)
  package static let decided = Self("decided")
  package static let outcomes = Self("outcomes")
  package static let userID = Self("user_id")
  package static let channelID = Self("channel_id")
  package static let teamID = Self("team_id")
  package static let overrideName = Self("override_name")

  package static let allCases =
    Field.given.map { Self($0.key) } + [
      at, post, root, body, command, decided, outcomes, userID, channelID, teamID, overrideName,
    ]
}

/// The keys of `decided` in an event's line.
enum DecidedKey: String, CaseIterable {
  case rule, outcome, agent, command, session, shadows, rules
}

/// Any key of a JSON object, so that unknown ones can be found.
struct AnyKey: CodingKey {
  let stringValue: String
  let intValue: Int? = nil

  init(_ key: some RawRepresentable<String>) { stringValue = key.rawValue }
  init?(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}
