package import FoundationEssentials

/// A message that was accepted and is not answered yet, as the store has it over a restart.
package struct PendingMessage: Sendable, Equatable {
  package let claim: Claim
  /// The text of its session's key.
  package let session: String
  /// The owner's data for submitting it again.
  package let payload: String
  /// When it was submitted first.
  package let at: Date
  /// True if its reply is stored and only has to be delivered.
  package let isAnswered: Bool
  /// True if it is another gateway's.
  package let isElsewhere: Bool
}

/// A post that an earlier gateway, or another one, did not finish.
package enum UnfinishedPost: Sendable, Equatable {
  /// A message that waits in its session.
  case waiting(PendingMessage)
  /// A claim of which nothing more is known.
  case claimed(Claim)
}

/// The stored state of a message that is submitted again after a restart.
package struct StoredTurn: Sendable {
  /// The reply, if the agent had finished.
  var reply: Reply?
  /// True if an agent had been asked that may do more than answer.
  var isBegun: Bool
}

extension UnfinishedPost {
  /// Returns waiting messages, and among them the claims without one, in the order in which they came.
  static func inOrder(waiting: [PendingMessage], claims: [(claim: Claim, at: Date)]) -> [UnfinishedPost] {
    var claims = claims[...]
    var unfinished: [UnfinishedPost] = []
    for message in waiting {
      while let next = claims.first, next.at <= message.at {
        unfinished.append(.claimed(claims.removeFirst().claim))
      }
      unfinished.append(.waiting(message))
    }
    return unfinished + claims.map { .claimed($0.claim) }
  }
}
