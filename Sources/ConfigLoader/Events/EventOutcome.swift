/// An outcome of an event, recorded when it becomes known: often seconds after the decision, perhaps after a restart.
///
/// An event may have several, in the order in which they became known: an agent's question is answered, then the
/// agent's answer is posted. None of them contains text of people or agents.
package enum EventOutcome: Sendable, Equatable {
  /// An agent's answer is posted, in this many posts.
  case answered(agent: String, posts: Int)
  /// The agent was sent it while it answered the message `post`: that answer is for both.
  case joined(agent: String, post: String)
  /// A text that no agent wrote is posted: the rule's or a command's, a hint, or why there is no answer.
  case said
  /// A command was carried out.
  case done
  /// There were too many messages in too short a time; another is allowed after this many seconds, if that is known.
  case limited(Limit, seconds: Int?)
  /// It was not accepted.
  case turnedAway(TurnedAway)
  /// A hook refused it.
  case cancelled(hook: String)
  /// It failed; `reason` is a code like `unreachable`.
  case failed(agent: String?, reason: String)
  /// Its answer was stopped, or did not begin.
  case stopped(Stop)
  /// It is not answered, or its answer is not posted; `status` is the HTTP status of a refusal.
  case dropped(Drop, status: Int? = nil)
  /// Its answer went to its author in a direct message, because it could not be posted in the channel.
  case direct
  /// A question of the agent was answered; `choice` is `nil` if it was not. `by` alone is `nil` if no one could be
  /// asked.
  case approval(agent: String, choice: String?, by: String?)
  /// It answers a question of an agent: no rule was evaluated.
  case answersQuestion
  /// Its author edited it while it waited, so that it is decided again.
  case corrected
  /// It is decided again, because the gateway ended before it acted on the first decision.
  case decidedAgain
  /// It waits, because the server does not tell who wrote it.
  case delayed
  /// The gateway ended before it was answered: it is resumed at the next start.
  case postponed
  /// It was resumed after a restart.
  case resumed

  package enum Limit: String, Sendable, CaseIterable {
    /// The rule's `limit`.
    case rule
    /// The file's `intake: bots`.
    case bots
  }

  /// The reason for which it was not accepted.
  package enum TurnedAway: String, Sendable, CaseIterable {
    case busy
    case queueFull = "queue-full"
    case tooManyOfUser = "too-many-of-user"
    case tooMany = "too-many"
    case stopped
    case nothingAsked = "nothing-asked"
    case filesRefused = "files-refused"
    case nothingToRetry = "nothing-to-retry"
  }

  /// The cause for which it was stopped.
  package enum Stop: Sendable, Equatable {
    /// A person, by name, with `!stop` or `!new`.
    case person(String)
    /// Its post, the root above it or its answer was deleted.
    case deletion
    /// A newer message, under `busy: interrupt`.
    case newerMessage
  }

  /// The reason for which it is not answered, or its answer is not posted.
  package enum Drop: String, Sendable, CaseIterable {
    case tooLate = "too-late"
    case gone
    case unreadable
    case store
    case questionOver = "question-over"
    case mayNotAnswer = "may-not-answer"
    case threadGone = "thread-gone"
    case refused
    case givenUp = "given-up"
  }

  /// Its name in JSON and for `--outcome`.
  package enum Name: String, Sendable, CaseIterable {
    case answered, joined, said, done, limited, cancelled, failed, stopped, dropped, direct, approval, corrected
    case delayed, postponed, resumed
    case turnedAway = "turned-away"
    case answersQuestion = "answers-question"
    case decidedAgain = "decided-again"
  }

  package var name: Name {
    switch self {
    case .answered: .answered
    case .joined: .joined
    case .said: .said
    case .done: .done
    case .limited: .limited
    case .turnedAway: .turnedAway
    case .cancelled: .cancelled
    case .failed: .failed
    case .stopped: .stopped
    case .dropped: .dropped
    case .direct: .direct
    case .approval: .approval
    case .answersQuestion: .answersQuestion
    case .corrected: .corrected
    case .decidedAgain: .decidedAgain
    case .delayed: .delayed
    case .postponed: .postponed
    case .resumed: .resumed
    }
  }
}

/// An outcome and the time at which it became known.
package struct RecordedOutcome: Sendable, Equatable {
  package var outcome: EventOutcome
  /// The time in milliseconds since 1970 (UTC), by the clock of the gateway's machine.
  package var milliseconds: Int64
  /// Milliseconds since the decision.
  package var after: Int64

  package init(_ outcome: EventOutcome, at milliseconds: Int64, after: Int64) {
    self.outcome = outcome
    self.milliseconds = milliseconds
    self.after = after
  }
}
