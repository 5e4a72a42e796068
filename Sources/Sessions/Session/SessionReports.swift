package import FoundationEssentials

/// The result of submitting a message.
package enum SubmissionResult: Sendable, Equatable {
  /// It is being answered.
  case started
  /// It waits for other messages or for a free slot; `position` is 1 for the next one. With `busy: steer` the agent may
  /// be told of it instead, and it has no position any more.
  case queued(position: Int)
  /// The running answer is being stopped for it, and it is next.
  case interrupting
  /// The gateway is shutting down: it is in the store, and among `SessionStore.pending()` after the next start.
  case postponed
  /// It will not be answered, and is not in the store.
  case rejected(Rejection)
}

/// The reason why a message is not accepted.
package enum Rejection: Error, Sendable, Equatable {
  /// The session answers another message, and the rule says `busy: reject`.
  case busy
  /// The rule's maximum of messages waits.
  case full(max: Int)
  /// The maximum of messages waits in all conversations together: of this user, or of all.
  case tooMany(ofUser: Bool, max: Int)
  /// `/stop` or `/new` came while it was being submitted.
  case stopped
  /// It could not be stored.
  case store(StoreError)
}

/// The result of correcting a message.
package enum CorrectionResult: Sendable, Equatable {
  /// It waits in its position with its new text.
  case corrected
  /// It does not wait any more, and has to be decided again.
  case dropped
  /// It did not wait: it is being answered, or was.
  case tooLate
}

package struct RunningTurn: Sendable, Equatable {
  package var claim: Claim
  /// The asker's name.
  package var speaker: String
  package var message: String
  /// The name of the agent that answers.
  package var agent: String
  package var since: Date
}

/// The result of `stop` and `reset`.
package struct StopReport: Sendable, Equatable {
  /// The turn that was stopped, or `nil` if none was running.
  package var stopped: RunningTurn?
  /// The messages that waited and were dropped.
  package var dropped: [Claim]
  /// True if the stopped turn is over. False if its delivery did not return within 900 ms of being cancelled; nothing
  /// else starts in the session before it has.
  package var isOver: Bool
}

/// The result of `retry`.
package enum RetryReport: Sendable, Equatable {
  /// It asks `message` again.
  case asking(message: String, SubmissionResult)
  /// The user has not said anything in this conversation.
  case nothingToRetry
}

package struct SessionStatus: Sendable, Equatable {
  package var running: RunningTurn?
  /// The number of messages that wait.
  package var waiting: Int
  /// True if the next of them would be answered now if fewer turns ran in other sessions.
  package var isWaitingForSlot = false
  /// The number of turns in other sessions, if they are why the next message waits.
  package var runningElsewhere = 0
  /// The number of exchanges in the conversation.
  package var turns: Int
  /// When the conversation started, or `nil` if it has not.
  package var startedAt: Date?
  /// When something last happened in it.
  package var lastAt: Date?
}
