/// What is known of the post that a part of a reply becomes.
enum PostState: Sendable, Equatable {
  /// It is not there.
  case nowhere
  /// The server may have it: it is looked for before it is posted.
  case unsure
  /// It is there, and says this much.
  case at(post: String, text: String)
  /// It was there, and was deleted.
  case deleted

  /// What the post says; `nil` if it is not known to be there.
  var text: String? { if case .at(_, let text) = self { text } else { nil } }
}
