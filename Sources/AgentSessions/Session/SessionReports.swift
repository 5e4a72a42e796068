package import FoundationEssentials

/// What is being answered.
package struct RunningTurn: Sendable, Equatable {
  /// The id of the message.
  package var post: String
  /// Who asked, by name.
  package var speaker: String
  /// What was asked.
  package var message: String
  /// Who answers.
  package var agent: String
  /// Since when.
  package var since: Date
}

/// What `stop` and `reset` did.
package struct StopReport: Sendable, Equatable {
  /// The turn that was stopped, or nil where none was running.
  package var stopped: RunningTurn?
  /// The ids of the messages that waited and were dropped.
  package var dropped: [String]
  /// Whether the stopped turn is over. False only where its `deliver` did not return within 900 ms of
  /// being cancelled; nothing else starts in the session before it has.
  package var isOver: Bool
}

/// What `retry` does.
package enum RetryReport: Sendable, Equatable {
  /// It asks `message` again.
  case asking(message: String, SubmissionResult)
  /// The user has not said anything in this conversation.
  case nothingToRetry
}

/// How a session is.
package struct SessionStatus: Sendable, Equatable {
  /// What is being answered, or nil.
  package var running: RunningTurn?
  /// How many messages wait.
  package var waiting: Int
  /// Whether the next of them would be answered now if fewer were elsewhere.
  package var isWaitingForRoom = false
  /// How many messages are being answered elsewhere, where that is why the next one waits.
  package var runningElsewhere = 0
  /// How many exchanges the conversation has.
  package var turns: Int
  /// When the conversation began, or nil where it has not.
  package var startedAt: Date?
  /// When something last happened in it.
  package var lastAt: Date?
}

/// What a session has used.
package struct SessionUsage: Sendable, Equatable {
  /// Since the conversation began.
  package var current: UsageSum
  /// With all conversations before it in the same place.
  package var total: UsageSum
  /// How many messages wait.
  package var waiting = 0
}

/// What some turns have used.
package struct UsageSum: Sendable, Equatable {
  /// How many messages were answered.
  package var turns = 0
  /// How many turns told their tokens; the others are not in `tokens`.
  package var turnsReported = 0
  /// The tokens that were told.
  package var tokens = TokenUsage()
  /// What they cost, as far as prices are known: a sum for each currency, in the order of their letters.
  package var costs: [Cost] = []
}
