/// A part of a reply, as one post.
struct ReplyPart: Sendable {
  var text: String
  /// What hangs on it as a file.
  var file: String?
  /// What the post is known by; a restart does not change it.
  var mark: String

  /// The first part of a reply, which may still grow.
  init(_ text: String, first reply: String) {
    self.text = text
    mark = "\(reply)-0"
  }

  /// One of a reply's posts, of which the last bears the file.
  init(number: Int, of reply: String, posts: [String], file: String?) {
    text = posts[number]
    self.file = number == posts.count - 1 ? file : nil
    // With a file it says something else than the post that takes its place where there can be none.
    mark = self.file == nil ? "\(reply)-\(number)" : "\(reply)-file"
  }
}
