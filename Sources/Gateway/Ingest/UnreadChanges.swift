/// From which moments on the changes of a channel's posts are to be read, in milliseconds since 1970; nil where not at all.
struct UnreadChanges: Sendable {
  /// Of edits, and of deletions from then on.
  var edits: Int64?
  /// Of deletions alone.
  var deletions: Int64?
}
