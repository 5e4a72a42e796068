/// How much a call matters where the server lets us make few.
package enum RequestPriority: Int, Sendable, Comparable, CaseIterable {
  /// Shows that the bot types.
  case typing
  /// Puts an emoji on a post, or takes one off.
  case reaction
  /// Shows more of an answer that is still being written.
  case edit
  /// Asks for something.
  case read
  /// Says something.
  case answer

  /// Whether a call of this kind is better not made than made late: another follows soon that says it all.
  var isDroppable: Bool { self == .typing || self == .edit }

  /// What matters less comes first.
  package static func < (one: RequestPriority, other: RequestPriority) -> Bool { one.rawValue < other.rawValue }
}
