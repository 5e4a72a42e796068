import Vocabulary

/// Something that is said in answer to a post, as the store keeps it until all of it is out.
public struct Reply: Sendable, Equatable {
  /// Names it for good: the id of the claim that it answers, or one made of it.
  public let id: String
  /// The text, as Mattermost can store it; empty only where there are files.
  public let text: String
  /// The files that go with it, below the text.
  public var files: [SessionFile]
  /// Whether it says why there is no answer.
  public var isFailure: Bool
  /// How many posts of it are out already, as `SessionStore.notePosted` was told.
  public var partsPosted: Int
  /// Whether it is from before a restart: then more posts of it may be out than were noted.
  public var isResumed: Bool
  /// The agent that wrote it, if this gateway asked it.
  public var agent: String?

  /// States a reply. Its text becomes postable here, before it is stored, or it would be refused again and again.
  public init(
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
public struct PendingSaying: Sendable, Equatable {
  /// What is to be said.
  public let reply: Reply
  /// What the caller gave beside it; opaque to the store.
  public let payload: String
}
