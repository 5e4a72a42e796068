/// Why a submitted message gets no reply of its own, or not yet.
package enum NoReplyReason: Sendable, Equatable {
  /// Somebody stopped it; the name is empty if it is not known who.
  case stopped(by: String)
  /// A newer message interrupted it.
  case interrupted
  /// The agent was told of it while it answered the message `post`; `end` is how that turn ended.
  case joined(post: String, end: TurnEnd)
  /// The gateway ends: it stays in the store for the next start.
  case left
}
