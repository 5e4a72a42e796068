/// A message that was taken in and is not answered yet, as the store keeps it over a restart.
public struct PendingMessage: Sendable, Equatable {
  /// The id under which it was claimed and submitted.
  public let post: String
  /// Its session's key, as text.
  public let session: String
  /// What the caller gave to be able to submit it again.
  public let payload: String
}
