package import Core
package import RuleEngine

/// The name of a conversation: its scope, and the channel, thread or user that it belongs to.
package struct SessionKey: Sendable, Hashable, CustomStringConvertible {
  package let scope: SessionScope
  /// The key as the store and the journal have it, such as `member:CHANNEL:USER`.
  package let text: String

  private init(scope: SessionScope, text: String) {
    self.scope = scope
    self.text = text
  }

  /// Reads a key's text; returns `nil` if it names no scope.
  package init?(text: String) {
    guard let scope = text.firstIndex(of: ":").flatMap({ SessionScope(rawValue: String(text[..<$0])) }) else {
      return nil
    }
    self.init(scope: scope, text: text)
  }

  /// The conversation of everyone in a channel.
  package static func channel(_ id: ChannelID) -> SessionKey { SessionKey(scope: .channel, text: "channel:\(id)") }

  /// The conversation of everyone in the thread below `root`.
  package static func thread(_ root: PostID) -> SessionKey { SessionKey(scope: .thread, text: "thread:\(root)") }

  /// A user's conversation in all channels.
  package static func user(_ id: UserID) -> SessionKey { SessionKey(scope: .user, text: "user:\(id)") }

  /// A user's conversation in one channel.
  package static func member(channel: ChannelID, user: UserID) -> SessionKey {
    SessionKey(scope: .member, text: "member:\(channel):\(user)")
  }

  /// True if several people may speak in it.
  package var isShared: Bool {
    switch scope {
    case .channel, .thread: true
    case .user, .member: false
    }
  }

  package var description: String { text }
}

extension SessionKey {
  /// The conversation that an event belongs to. A post outside of threads starts the thread of a `thread` session.
  package init(_ scope: SessionScope, of event: Event) {
    self =
      switch scope {
      case .channel: .channel(event.channel.id)
      case .thread: .thread(event.thread.root ?? event.post)
      case .user: .user(event.user.id)
      case .member: .member(channel: event.channel.id, user: event.user.id)
      }
  }
}

/// An event of a conversation as a whole.
package enum SessionChange: Sendable, Equatable {
  /// It starts, with its first message or after a reset.
  case began
  /// It is over: it was idle for too long, or reached its limit of turns.
  case ended
  /// A user reset it.
  case reset
}
