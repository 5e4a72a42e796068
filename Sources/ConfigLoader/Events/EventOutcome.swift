/// What came of an event after it was decided, recorded when it becomes known: often seconds later, perhaps after a restart.
///
/// An event may have several, in the order in which they became known: an agent's question is answered, then its answer is
/// posted. None of them holds anything of what people or agents wrote.
package enum EventOutcome: Sendable, Equatable {
  /// An agent's answer is posted, in so many posts.
  case answered(agent: String, posts: Int)
  /// The agent was told of it while it answered the message `post`: that answer is to both.
  case joined(agent: String, post: String)
  /// A text that no agent wrote is posted: the rule's or a command's, a hint, or why there is no answer.
  case said
  /// A command was carried out.
  case done
  /// There were too many in too short a time; another may come after so many seconds, where that is known.
  case limited(Limit, seconds: Int?)
  /// It was not taken in.
  case turnedAway(TurnedAway)
  /// A hook said no.
  case cancelled(hook: String)
  /// Something went wrong; `reason` is a code in words, like `unreachable`.
  case failed(agent: String?, reason: String)
  /// Its answer was ended, or did not begin.
  case stopped(Stop)
  /// It is not answered, or its answer is not posted; `status` is the HTTP status of a refusal.
  case dropped(Drop, status: Int? = nil)
  /// Its answer went to its author in a direct message, because it could not be posted where it was asked for.
  case direct
  /// A question of the agent was answered: with what, and by whom; nil if nobody answered. `by` alone is nil if people could not
  /// be asked.
  case approval(agent: String, choice: String?, by: String?)
  /// It answers a question of an agent: no rule was asked.
  case answersQuestion
  /// Its author changed it while it waited, so that it is decided anew.
  case corrected
  /// It is decided once more, because whoever decided it before did not come to act on that.
  case decidedAgain
  /// It waits, because the server does not tell whose post it is.
  case delayed
  /// The gateway ended before it was answered: the next one goes on with it.
  case postponed
  /// A gateway went on with it after a restart.
  case resumed

  /// Which limit it was.
  package enum Limit: String, Sendable, CaseIterable {
    /// The rule's `limit`.
    case rule
    /// The file's `intake: bots`.
    case bots
  }

  /// Why it was not taken in.
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

  /// Who or what ended it.
  package enum Stop: Sendable, Equatable {
    /// A person, by name, with `!stop` or `!new`.
    case person(String)
    /// Its post, the root above it or its answer was deleted.
    case deletion
    /// A newer message, under `busy: interrupt`.
    case newerMessage
  }

  /// Why it is not answered, or its answer not posted.
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

  /// Its name.
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

/// An outcome with when it became known.
package struct RecordedOutcome: Sendable, Equatable {
  /// What came of the event.
  package var outcome: EventOutcome
  /// When it became known, in milliseconds since 1970 (UTC), by the clock of the gateway's machine.
  package var milliseconds: Int64
  /// Milliseconds from the decision to then.
  package var after: Int64

  /// Records an outcome.
  package init(_ outcome: EventOutcome, at milliseconds: Int64, after: Int64) {
    self.outcome = outcome
    self.milliseconds = milliseconds
    self.after = after
  }
}
