/// What is known of the post that a part of a reply becomes.
enum Whereabouts: Sendable, Equatable {
  /// It is not there.
  case nowhere
  /// The server may have it: it is looked for before it is posted.
  case unsure
  /// It is there, and says this much.
  case at(post: String, text: String)
}

/// A part of a reply, as one post.
struct ReplyPart: Sendable {
  var text: String
  /// What hangs on it as a file.
  var file: String?
  /// What the post is known by; a restart does not change it.
  var mark: String

  init(_ text: String, file: String? = nil, number: Int, of reply: String) {
    self.text = text
    self.file = file
    // With a file it says something else than the part that would be posted in its place.
    mark = file == nil ? "\(reply)-\(number)" : "\(reply)-file"
  }
}
