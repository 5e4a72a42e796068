/// What happens to a message that was submitted.
package enum SubmissionResult: Sendable, Equatable {
  /// It is being answered.
  case started
  /// It waits, for others or for room among all turns; `place` is 1 for the next one. Where the rule says `busy: steer`, the
  /// agent may be told of it instead: then it has no place any more.
  case queued(place: Int)
  /// The running answer is being stopped for it, and it is next.
  case interrupting
  /// The gateway is shutting down: it is in the store, and among `SessionStore.pending()` after the next start.
  case deferred
  /// It will not be answered, and is not kept.
  case rejected(Rejection)
}

/// Why a message will not be answered.
package enum Rejection: Error, Sendable, Equatable {
  /// The session answers another, and the rule says `busy: reject`.
  case busy
  /// As many wait as the rule lets wait.
  case full(max: Int)
  /// As many messages wait, in all conversations together, as may: `max` of this user, or of all.
  case tooMany(ofUser: Bool, max: Int)
  /// `/stop` or `/new` came while it was being taken in.
  case stopped
  /// It could not be kept.
  case store(StoreError)
}
