package import Agents
package import Core

/// A text, with files, that answers a post. The store has it until all of it is posted.
package struct Reply: Sendable, Equatable {
  package let id: ReplyID
  /// The text, which Mattermost can store; empty only if there are files.
  package let text: String
  /// The files that are posted below the text.
  package var files: [SessionFile]
  /// True if it says why there is no answer.
  package var isFailure: Bool
  /// The number of its posts that are recorded as posted.
  package var postedCount: Int
  /// True if it was stored before a restart: more of its posts may be on the server than are recorded.
  package var isResumed: Bool
  /// The agent that wrote it, if this gateway asked it.
  package var agent: String?

  /// Makes a reply. Its text becomes postable here, before it is stored, or it would be refused again and again.
  package init(
    id: ReplyID, text: String, files: [SessionFile] = [], isFailure: Bool = false, postedCount: Int = 0,
    isResumed: Bool = false, agent: String? = nil
  ) {
    self.id = id
    self.text = text.postable
    self.files = files
    self.isFailure = isFailure
    self.postedCount = postedCount
    self.isResumed = isResumed
    self.agent = agent
  }
}

extension Reply {
  /// The reply as the history has it.
  var historyText: String {
    let names = files.map { $0.name.singleLine(atMost: Limits.pathScalarsShown) }
    let note = names.isEmpty ? "" : "[Attached: \(names.joined(separator: ", "))]"
    return [text, note].filter { !$0.isEmpty }.joined(separator: "\n\n")
  }
}

/// The permanent name of a reply: its posts are marked with it, so that they are found again after a restart.
///
/// The answer to a claim has the claim's text. A notice beside an answer adds a dash and a word, which no claim has;
/// a direct message to a user, because the channel refused the reply, adds `-refused`.
package struct ReplyID: Hashable, Sendable {
  package let text: String

  /// Reads an id as the store has it.
  package init(text: String) { self.text = text }

  package static func answer(to claim: Claim) -> ReplyID { ReplyID(text: claim.text) }

  package static func notice(_ notice: Notice, about claim: Claim) -> ReplyID {
    ReplyID(text: "\(claim)-\(notice.rawValue)")
  }

  /// The notice to a user that a thread in which they asked something was deleted: one, whatever they had asked there.
  package static func threadDeleted(_ root: PostID, to user: UserID) -> ReplyID {
    ReplyID(text: "\(root)-deleted-\(user)")
  }

  /// The notice that an answer to a permission request does not count.
  ///
  /// - Parameter reaction: the user who added a reaction to `post`, or `nil` if the post itself was the answer.
  package static func mayNotAnswer(_ post: PostID, reaction user: UserID?) -> ReplyID {
    ReplyID(text: "\(post)\(user.map { "-\($0)" } ?? "")-maynot")
  }

  /// A message that is posted beside an answer.
  package enum Notice: String, Sendable {
    case attachmentsRefused = "notletin"
    case startedOver = "anew"
    case tooLate = "late"
    case waiting = "waits"
  }

  /// The name of the direct message to the asker that is sent because this reply cannot be posted.
  package var direct: ReplyID { ReplyID(text: text + Self.directSuffix) }

  /// The name of the notice that is posted instead of this reply because it is refused.
  package var unpostable: ReplyID { ReplyID(text: "\(text)-unpostable") }

  /// A permission request of an agent. Two of one turn have different marks, or the server would take them for the
  /// same.
  package static func permissionRequest(of claim: Claim) -> ReplyID {
    ReplyID(text: "\(claim)\(requestInfix)\(UInt64.random(in: 0...(.max)))")
  }

  /// The claim whose answer went to the asker alone under this name, or `nil`.
  package var directClaim: Claim? {
    text.hasSuffix(Self.directSuffix) ? ReplyID(text: String(text.dropLast(Self.directSuffix.count))).claim : nil
  }

  /// The claim that the reply answers, or `nil` if it is a notice.
  package var claim: Claim? { text.contains("-") ? nil : Claim(text: text) }

  /// True if it is a permission request, or says that one was refused.
  package var isPermissionRequest: Bool { text.contains(Self.requestInfix) }

  private static let directSuffix = "-refused"
  private static let requestInfix = "-asks-"
}

extension ReplyID: CustomStringConvertible {
  package var description: String { text }
}

extension ReplyID: ExpressibleByStringLiteral {
  package init(stringLiteral text: String) { self.init(text: text) }
}

/// A reply that no message waits for, with its sender's data for sending it after a restart.
package struct PendingReply: Sendable, Equatable {
  package let reply: Reply
  /// The sender's data, such as the target; opaque to the store.
  package let payload: String
}
