package import RuleEngine

/// Whose conversation it is: the name of a session.
package struct SessionKey: Sendable, Hashable, CustomStringConvertible {
  /// What kind of conversation it is.
  package let scope: SessionScope
  /// The key as text, by which the store knows it.
  package let text: String

  private init(scope: SessionScope, text: String) {
    self.scope = scope
    self.text = text
  }

  /// Reads a key's text, as the store gave it; nil where it is none.
  package init?(text: String) {
    guard let scope = text.firstIndex(of: ":").flatMap({ SessionScope(rawValue: String(text[..<$0])) }) else {
      return nil
    }
    self.init(scope: scope, text: text)
  }

  /// Everybody's in the channel `id`.
  package static func channel(_ id: String) -> SessionKey { SessionKey(scope: .channel, text: "channel:\(id)") }

  /// Everybody's in the thread of the post `root`.
  package static func thread(_ root: String) -> SessionKey { SessionKey(scope: .thread, text: "thread:\(root)") }

  /// The user's, wherever they write.
  package static func user(_ id: String) -> SessionKey { SessionKey(scope: .user, text: "user:\(id)") }

  /// The user's in one channel.
  package static func member(channel: String, user: String) -> SessionKey {
    SessionKey(scope: .member, text: "member:\(channel):\(user)")
  }

  /// Whether several people may speak in it.
  package var isShared: Bool {
    switch scope {
    case .channel, .thread: true
    case .user, .member: false
    }
  }

  /// The key as text.
  package var description: String { text }
}
