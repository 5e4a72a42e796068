import AgentSessions

/// A part of a reply, as one post.
struct ReplyChunk: Sendable {
  var text: String
  /// The rest of a long reply, which hangs on it as a file.
  var rest: String?
  /// A text that hangs on it as a file of its own name: the post is never seen without it.
  var attachment: (name: String, content: String)?
  /// The files that an agent hands back.
  var files: [SessionFile] = []
  /// The ids of those that are on the server already, so that a post that has to wait does not upload them again.
  var uploaded: [String: String] = [:]
  /// What the post is known by; a restart does not change it.
  var mark: String

  /// The first part of a reply.
  init(_ text: String, first reply: String) { self.init(text, number: 0, of: reply) }

  /// A part of a reply's text that may still grow; the first one has number 0.
  init(_ text: String, number: Int, of reply: String) {
    self.text = text
    mark = "\(reply)-\(number)"
  }

  /// One of the posts that a reply's text becomes, of which the last bears the rest.
  private init(number: Int, of reply: String, posts: [String], rest: String?) {
    text = posts[number]
    self.rest = number == posts.count - 1 ? rest : nil
    // With a file it says something else than the post that takes its place where there can be none.
    mark = self.rest == nil ? "\(reply)-\(number)" : "\(reply)-file"
  }

  /// One of the posts that bear a reply's files. They stand below the text: a post that has grown takes no files.
  private init(_ text: String, _ files: [SessionFile], number: Int, of reply: String) {
    self.text = text
    self.files = files
    mark = "\(reply)-files-\(number)"
  }

  /// The id of the claim whose answer a post with this mark is a part of; nil where it is something else that was said.
  static func claim(ofMark mark: String) -> String? {
    guard let dash = mark.firstIndex(of: "-"), dash > mark.startIndex else { return nil }
    let rest = mark[mark.index(after: dash)...].prefix { $0 != "+" }
    let number = rest.hasPrefix("files-") ? rest.dropFirst("files-".count) : rest
    guard rest == "file" || !number.isEmpty && number.allSatisfy(\.isWholeNumber) else { return nil }
    return String(mark[..<dash])
  }

  /// What a reply becomes: the posts of its text, then those of its files.
  static func parts(
    of reply: Reply, to target: ReplyTarget, in voice: Outbox.Voice, by poster: Outbox, partsMax: Int = Limits.partsMax
  ) -> [ReplyChunk] {
    let (posts, rest) =
      reply.text.isEmpty ? ([], nil) : poster.parts(of: reply.text, to: target, in: voice, partsMax: partsMax)
    let texts = posts.indices.map { ReplyChunk(number: $0, of: reply.id, posts: posts, rest: rest) }
    let starts = Array(stride(from: 0, to: reply.files.count, by: Limits.filesPerPost))
    let files = starts.enumerated().map { number, start in
      ReplyChunk(
        texts.isEmpty && number == 0 ? target.opening : "", Array(reply.files[start...].prefix(Limits.filesPerPost)),
        number: number, of: reply.id)
    }
    return texts + files
  }
}
