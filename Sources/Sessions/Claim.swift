package import Core

/// The name under which a post, or an edit of one, is admitted: each claim is answered at most once.
///
/// A post is claimed under its own id. An edit that adds no mention only reaches rules that ask for edits, so each has
/// a claim of its own, or the answer to the post would be the only one. The text, `post` or `post@milliseconds`, is
/// its form in the store and the journal.
package struct Claim: Hashable, Sendable {
  package let post: PostID
  /// When the edit was made, in milliseconds since 1970 (UTC); `nil` for the post itself.
  package let editedAt: Int64?

  package init(post: PostID, editedAt: Int64? = nil) {
    self.post = post
    self.editedAt = editedAt
  }

  /// Reads a claim as `text` writes it.
  package init(text: String) {
    if let separator = text.lastIndex(of: "@"), let moment = Int64(text[text.index(after: separator)...]) {
      self.init(post: PostID(String(text[..<separator])), editedAt: moment)
    } else {
      self.init(post: PostID(text))
    }
  }

  package var text: String { editedAt.map { "\(post)@\($0)" } ?? post.rawValue }
}

extension Claim {
  /// The seconds for which a claim keeps a post from being answered a second time, at least.
  package static let heldSeconds = (Limits.claimDays - 1) * 86_400
}

extension Claim: CustomStringConvertible {
  package var description: String { text }
}

extension Claim: ExpressibleByStringLiteral {
  package init(stringLiteral text: String) { self.init(text: text) }
}

extension Claim: Decodable {
  package init(from decoder: any Decoder) throws {
    self.init(text: try decoder.singleValueContainer().decode(String.self))
  }
}

extension Event {
  /// The claim under which the event is admitted and answered.
  package var claim: Claim { Claim(post: post, editedAt: isEdit ? milliseconds : nil) }
}
