import Core

/// Something that is said in answer to a post, as the store keeps it until all of it is out.
package struct Reply: Sendable, Equatable {
  /// Names it for good: the id of the claim that it answers, or one made of it.
  package let id: String
  /// The text, as Mattermost can store it; empty only where there are files.
  package let text: String
  /// The files that go with it, below the text.
  package var files: [SessionFile]
  /// Whether it says why there is no answer.
  package var isFailure: Bool
  /// How many posts of it are out already, as `SessionStore.recordPosted` was told.
  package var partsPosted: Int
  /// Whether it is from before a restart: then more posts of it may be out than were noted.
  package var isResumed: Bool
  /// The agent that wrote it, if this gateway asked it.
  package var agent: String?

  /// States a reply. Its text becomes postable here, before it is stored, or it would be refused again and again.
  package init(
    id: String, text: String, files: [SessionFile] = [], isFailure: Bool = false, partsPosted: Int = 0,
    isResumed: Bool = false, agent: String? = nil
  ) {
    self.id = id
    self.text = text.postable
    self.files = files
    self.isFailure = isFailure
    self.partsPosted = partsPosted
    self.isResumed = isResumed
    self.agent = agent
  }
}

/// A reply that no message waits for, with what its sender needs to send it after a restart.
package struct PendingReply: Sendable, Equatable {
  /// What is to be said.
  package let reply: Reply
  /// What the caller gave beside it; opaque to the store.
  package let payload: String
}
