/// The result of submitting a message.
package enum SubmissionResult: Sendable, Equatable {
  /// It is being answered.
  case started
  /// It waits for other messages or for a free slot; `position` is 1 for the next one. With `busy: steer` the agent may
  /// be told of it instead, and it has no position any more.
  case queued(position: Int)
  /// The running answer is being stopped for it, and it is next.
  case interrupting
  /// The gateway is shutting down: it is in the store, where the next start or another gateway finds it.
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

/// The result of `retry`.
package enum RetryReport: Sendable, Equatable {
  /// It asks `message` again.
  case asking(message: String, SubmissionResult)
  /// The user has not said anything in this conversation.
  case nothingToRetry
}
