/// What happens to a conversation as a whole.
package enum SessionChange: Sendable, Equatable {
  /// It begins: with its first message, or anew.
  case began
  /// It is over: nobody spoke for too long, or it had enough turns.
  case ended
  /// Somebody had it begin anew.
  case reset
}
