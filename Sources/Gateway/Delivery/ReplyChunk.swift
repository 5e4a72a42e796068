import Agents
import Core
import MattermostIO
import Sessions

/// A part of a reply that becomes one post.
struct ReplyChunk: Sendable {
  var text: String
  /// The rest of a long reply, which is attached to the post as a file.
  var rest: String?
  /// A text that is attached as a file with this name: the post is never seen without it.
  var attachment: (name: String, content: String)?
  /// Files that an agent hands back.
  var files: [SessionFile] = []
  /// The ids of files that the server has already, so that a post that is retried does not upload them again.
  var uploaded: [String: String] = [:]
  var mark: ChunkMark

  /// The first chunk of a reply, or one of those whose text may still grow.
  init(_ text: String, of reply: ReplyID, number: Int = 0) {
    self.text = text
    mark = ChunkMark(reply: reply, kind: .text(number))
  }

  private init(_ texts: [String], number: Int, of reply: ReplyID, rest: String?) {
    self.init(texts[number], of: reply, number: number)
    guard let rest, number == texts.count - 1 else { return }
    self.rest = rest
    // With a file it says something else than the post that replaces it if there can be no file.
    mark = ChunkMark(reply: reply, kind: .rest)
  }

  private init(_ text: String, _ files: [SessionFile], number: Int, of reply: ReplyID) {
    self.text = text
    self.files = files
    mark = ChunkMark(reply: reply, kind: .files(number))
  }

  /// Splits a reply: the posts of its text come first, then those of its files.
  ///
  /// - Parameter splitter: returns the posts of a text, and the rest that is attached as a file to the last of them.
  static func chunks(of reply: Reply, to target: ReplyTarget, splitting split: (String) -> SplitReply) -> [ReplyChunk] {
    let (texts, rest) = reply.text.isEmpty ? ([], nil) : split(reply.text)
    let posts = texts.indices.map { ReplyChunk(texts, number: $0, of: reply.id, rest: rest) }
    let starts = Array(stride(from: 0, to: reply.files.count, by: Limits.filesPerPost))
    let files = starts.enumerated().map { number, start in
      // Files are below the text: a post that has grown takes none.
      ReplyChunk(
        posts.isEmpty && number == 0 ? target.opening : "",
        Array(reply.files[start...].prefix(Limits.filesPerPost)), number: number, of: reply.id)
    }
    return posts + files
  }
}

/// The posts of a text, and the rest that is attached as a file to the last of them.
typealias SplitReply = (posts: [String], rest: String?)

/// The mark in a post's `props` by which the post is found again: it says which chunk of which reply the post is.
///
/// For example `CLAIM-0`, `CLAIM-file`, `CLAIM-files-1`. Each `+` at the end is a post that could not be edited any
/// more.
struct ChunkMark: Sendable, Equatable {
  enum Kind: Equatable {
    case text(Int)
    /// The last post of a text whose rest is a file.
    case rest
    case files(Int)
  }

  let reply: ReplyID
  let kind: Kind
  /// The number of posts that it replaces.
  var replacements = 0

  init(reply: ReplyID, kind: Kind) {
    self.reply = reply
    self.kind = kind
  }

  var text: String {
    let name =
      switch kind {
      case .text(let number): "\(number)"
      case .rest: "file"
      case .files(let number): "files-\(number)"
      }
    return "\(reply)-\(name)" + String(repeating: "+", count: replacements)
  }

  /// The mark of a post that is no part of its reply any more.
  static func removed(_ reply: ReplyID, number: Int) -> String { "\(reply)-gone-\(number)" }

  /// Returns whether a post with this mark is a permission request, or says that one was refused.
  static func isPermissionRequest(_ mark: String) -> Bool { ReplyID(text: mark).isPermissionRequest }

  /// Returns the claim whose answer a post with this mark is a part of, or `nil` if it is something else.
  static func claim(in mark: String) -> Claim? {
    guard let dash = mark.firstIndex(of: "-"), dash > mark.startIndex else { return nil }
    let rest = mark[mark.index(after: dash)...].prefix { $0 != "+" }
    let number = rest.hasPrefix("files-") ? rest.dropFirst("files-".count) : rest
    guard rest == "file" || !number.isEmpty && number.allSatisfy(\.isWholeNumber) else { return nil }
    return Claim(text: String(mark[..<dash]))
  }
}

/// The known state of the post that a chunk becomes.
enum PostState: Sendable, Equatable {
  case absent
  /// The server may have it: it is looked for before it is posted.
  case unknown
  /// It exists and says `text`.
  case exists(post: PostID, text: String)
  /// It existed and was deleted.
  case deleted

  /// The post's text, or `nil` if it is not known to exist.
  var text: String? { if case .exists(_, let text) = self { text } else { nil } }
}
