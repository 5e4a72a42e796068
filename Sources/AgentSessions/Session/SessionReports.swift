public import FoundationEssentials

/// What is being answered.
public struct RunningTurn: Sendable, Equatable {
  /// The id of the message.
  public var post: String
  /// Who asked, by name.
  public var speaker: String
  /// What was asked.
  public var message: String
  /// Who answers.
  public var agent: String
  /// Since when.
  public var since: Date
}

/// What `stop` and `reset` did.
public struct StopReport: Sendable, Equatable {
  /// The turn that was stopped, or nil where none was running.
  public var stopped: RunningTurn?
  /// The ids of the messages that waited and were dropped.
  public var dropped: [String]
  /// Whether the stopped turn is over. False only where its `deliver` did not return within 900 ms of
  /// being cancelled; nothing else starts in the session before it has.
  public var isOver: Bool
}

/// What `retry` does.
public enum RetryReport: Sendable, Equatable {
  /// It asks `message` again.
  case asking(message: String, Submission)
  /// The user has not said anything in this conversation.
  case nothingToRetry
}

/// How a session is.
public struct SessionStatus: Sendable, Equatable {
  /// What is being answered, or nil.
  public var running: RunningTurn?
  /// How many messages wait.
  public var waiting: Int
  /// Whether the next of them would be answered now if fewer were elsewhere.
  public var isWaitingForRoom = false
  /// How many messages are being answered elsewhere, where that is why the next one waits.
  public var runningElsewhere = 0
  /// How many exchanges the conversation has.
  public var turns: Int
  /// When the conversation began, or nil where it has not.
  public var startedAt: Date?
  /// When something last happened in it.
  public var lastAt: Date?
}

/// What a session has used.
public struct SessionUsage: Sendable, Equatable {
  /// Since the conversation began.
  public var current: UsageSum
  /// With all conversations before it in the same place.
  public var total: UsageSum
  /// How many messages wait.
  public var waiting = 0
}

/// What some turns have used.
public struct UsageSum: Sendable, Equatable {
  /// How many messages were answered.
  public var turns = 0
  /// How many turns told their tokens; the others are not in `tokens`.
  public var turnsReported = 0
  /// The tokens that were told.
  public var tokens = TokenUsage()
  /// What they cost, as far as prices are known: a sum for each currency, in the order of their letters.
  public var costs: [Cost] = []
}
