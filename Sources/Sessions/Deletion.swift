package import Core

/// A deletion in the chat, as far as conversations are concerned.
package enum Deletion: Sendable, Equatable {
  /// A post was deleted, and with it all posts of its thread.
  case message(PostID)
  /// A post of the answer to a claim was deleted.
  case answer(to: Claim)
}

/// A deletion with the exchanges and files that it concerns in one session.
package struct SessionDeletion: Sendable {
  let deletion: Deletion
  /// The exchanges that it removes: turns that repeat one of them end, too.
  var exchanges: Set<Int64> = []
  /// The turn whose delivery found the deletion, which ends in any case.
  var found: Int?
  /// The files of the deleted messages.
  var files: [AttachedFile] = []
}
