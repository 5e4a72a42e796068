package import FoundationEssentials

/// A message that was taken in and is not answered yet, as the store keeps it over a restart.
package struct PendingMessage: Sendable, Equatable {
  /// The id under which it was claimed and submitted.
  package let post: String
  /// Its session's key, as text.
  package let session: String
  /// What the caller gave to be able to submit it again.
  package let payload: String
  /// When it was submitted first.
  package let at: Date
  /// Whether its reply is complete, and is only to be delivered.
  package let isAnswered: Bool
}

/// What an earlier gateway left to do.
package enum UnfinishedPost: Sendable, Equatable {
  /// A message that waits in its session.
  case waiting(PendingMessage)
  /// The id under which a post was claimed, of which nothing more is known.
  case claimed(String)
}
