package import FoundationEssentials

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
