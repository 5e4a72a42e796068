import Core
import RuleEngine

/// The way in which a post came.
enum PostSource: String, Sendable, CaseIterable {
  case socket
  /// Over REST, because the event socket had not delivered it.
  case backfill
  /// Over REST, because there is no event socket.
  case polling

  /// The index in `allCases`.
  var index: Int {
    switch self {
    case .socket: 0
    case .backfill: 1
    case .polling: 2
    }
  }
}

/// The result of loading a newer rules file.
enum ReloadOutcome: String, Sendable, CaseIterable {
  case loaded, refused
}

/// The labels of a post, which are hashed as one number: each post is counted by them.
struct PostKind: Hashable {
  let author: Author
  let channel: ChannelKind
  let source: PostSource

  private var number: Int {
    (author.index * ChannelKind.allCases.count + channel.index) * PostSource.allCases.count + source.index
  }

  static func == (one: PostKind, other: PostKind) -> Bool { one.number == other.number }

  func hash(into hasher: inout Hasher) { hasher.combine(number) }
}
