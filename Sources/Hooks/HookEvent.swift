package import ConfigLoader
package import Core

/// Something that hooks are run for.
package struct HookEvent: Sendable, Equatable {
  /// Its name: one of `HookEventName`, or `command:NAME`.
  package var name: String
  /// The conversation; empty where it belongs to none.
  package var session: String
  /// The id of the user who caused it; empty where nobody did.
  package var user: String
  /// What more is told, by names of its own.
  package var facts: [(key: String, value: JSON)]

  /// States an event.
  package init(
    _ name: HookEventName, session: String = "", user: String = "", _ facts: KeyValuePairs<String, JSON> = [:]
  ) {
    self.init(named: name.rawValue, session: session, user: user, facts)
  }

  /// States the event of a command.
  package init(
    command: String, session: String, user: String, _ facts: KeyValuePairs<String, JSON> = [:]
  ) {
    self.init(named: "command:" + command, session: session, user: user, facts)
  }

  private init(named name: String, session: String, user: String, _ facts: KeyValuePairs<String, JSON>) {
    self.name = name
    self.session = session
    self.user = user
    self.facts = facts.map { ($0.key, $0.value) }
  }

  /// Whether two events say the same.
  package static func == (one: HookEvent, other: HookEvent) -> Bool { one.json == other.json }

  /// What a hook reads.
  var json: JSON {
    let common: [(String, JSON)] = [
      ("event", .string(name)), ("platform", "mattermost"), ("session_id", .string(session)),
      ("user_id", .string(user)),
    ]
    return .object((common + facts.map { ($0.key, $0.value) }).map { JSON.Member(key: $0.0, value: $0.1) })
  }
}
