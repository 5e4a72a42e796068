package import Core

/// A change of an event after which it would be answered.
package struct NearestMiss: Sendable, Equatable {
  /// What would have to be different: one fact or two.
  package var changes: [FactChange]
  /// The event with these changes.
  package var event: Event
  /// What is then to happen.
  package var decision: Decision
}

/// One fact of an event made another.
package enum FactChange: Sendable, Hashable {
  /// It calls the bot like this.
  case mention(Mention)
  /// It stands in this channel; nil is any other.
  case channel(String?)
  /// It stands in a channel of this kind.
  case kind(ChannelKind)
  /// It stands in this team; nil is any other.
  case team(String?)
  /// This user wrote it; nil is any other.
  case user(String?)
  /// This kind of author wrote it.
  case author(Author)
  /// It stands here, as a reply where the thread has a root.
  case thread(isReply: Bool, isJoined: Bool)
  /// Whether files hang on it.
  case files(Bool)
  /// Whether it came from another server.
  case remote(Bool)
  /// Whether it is an edit that adds no mention.
  case edited(Bool)
  /// It was written then, in milliseconds since 1970 (UTC); the words are the moment on the clock that the rule asks.
  case moment(Int64, words: String)
  /// It says this, too: the text stands anywhere, or where the test wants it.
  case saying(String, TextTestKind)
  /// It does not say this.
  case notSaying(String)
  /// It is this command, with its prefix.
  case command(String)

  /// Which fact it changes: two changes of one fact are one.
  var fact: ConditionKey {
    switch self {
    case .mention: .mention
    case .channel: .channel
    case .kind: .kind
    case .team: .team
    case .user: .user
    case .author: .author
    case .thread: .thread
    case .files: .files
    case .remote: .remote
    case .edited: .edited
    case .moment: .time
    case .saying, .notSaying, .command: .text
    }
  }
}
