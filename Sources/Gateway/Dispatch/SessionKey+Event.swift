import AgentSessions
package import Core
package import RuleEngine

extension SessionKey {
  /// Whose conversation an event belongs to. A post outside of threads opens the thread that a `thread` session is of.
  init(_ scope: SessionScope, of event: Event) {
    self =
      switch scope {
      case .channel: .channel(event.channel.id)
      case .thread: .thread(event.thread.root ?? event.post)
      case .user: .user(event.user.id)
      case .member: .member(channel: event.channel.id, user: event.user.id)
      }
  }
}

extension Event {
  /// The name of the session of this scope that the event belongs to.
  package func sessionName(_ scope: SessionScope) -> String { SessionKey(scope, of: self).text }
}
