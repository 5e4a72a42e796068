import Core

/// Something that was deleted in the chat, as far as conversations are concerned.
package enum Deletion: Sendable, Equatable {
  /// The post of this id, and with it all posts of its thread.
  case message(String)
  /// A post of the answer to the message that was claimed under this id.
  case answer(to: String)
}

/// A deletion with what it concerns in one session.
struct SessionDeletion {
  let deletion: Deletion
  /// The exchanges that it removes: repeating one of them ends, too.
  var exchanges: Set<Int64> = []
  /// The turn whose delivery found it, which it ends in any case.
  var found: Int?
  /// The files of what was deleted.
  var files: [AttachedFile] = []

  /// Whether it puts an end to a turn.
  func ends(_ turn: WaitingTurn) -> Bool {
    if turn.id == found { return true }
    if let replaced = turn.replaces, exchanges.contains(replaced) { return true }
    switch deletion {
    case .message(let post):
      return ([turn.request] + turn.retried).map(\.asked).contains { $0.post == post || $0.root == post }
    case .answer(let claim): return turn.request.post == claim
    }
  }
}

/// A post that an agent is asked about.
struct SourcePost: Sendable, Equatable {
  /// Its id.
  var post: String
  /// The root of its thread; empty in the channel itself.
  var root: String
  /// The id of its channel; empty where that is not known.
  var channel: String
  /// The files that hang on it.
  var files: [AttachedFile]
}

extension TurnRequest {
  /// The post that the message is made of.
  var asked: SourcePost {
    // The id of a claim begins with the post's.
    SourcePost(
      post: origin.post.isEmpty ? ClaimID.post(of: post) : origin.post, root: origin.thread,
      channel: origin.channel, files: files)
  }
}
