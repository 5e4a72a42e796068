package import ConfigLoader
package import Core

/// An event that hooks run for.
package struct HookEvent: Sendable, Equatable {
  let kind: HookEventKind
  /// The name of its kind, or `command:` and the name of the command.
  package let name: String
  /// The conversation; empty if it belongs to none.
  package let session: String
  /// The user who caused it; `nil` if it was not a user.
  package let user: UserID?
  private let details: [String: JSON]

  /// Creates an event.
  ///
  /// - Parameter details: values for the keys of the kind.
  package init(
    _ kind: HookEventKind, session: String = "", user: UserID? = nil, _ details: KeyValuePairs<String, JSON> = [:]
  ) {
    self.init(kind, named: kind.name, session: session, user: user, details)
  }

  /// Creates the event of a command.
  package init(command: String, session: String, user: UserID?, _ details: KeyValuePairs<String, JSON> = [:]) {
    self.init(.command, named: HookEventKind.commandPrefix + command, session: session, user: user, details)
  }

  private init(
    _ kind: HookEventKind, named name: String, session: String, user: UserID?, _ details: KeyValuePairs<String, JSON>
  ) {
    self.kind = kind
    self.name = name
    self.session = session
    self.user = user
    self.details = Dictionary(details.map { ($0.key, $0.value) }) { $1 }
    assert(self.details.keys.allSatisfy(kind.keys.contains), "the table of hook events lacks a key of \(name)")
  }

  /// The object that a hook reads: what all events have, then the keys of the kind.
  var json: JSON {
    let common: JSON = [
      "event": .string(name), "platform": "mattermost", "session_id": .string(session),
      "user_id": .string(user?.rawValue ?? ""),
    ]
    return common.appending(kind.keys.compactMap { key in details[key].map { JSON.Member(key: key, value: $0) } })
  }
}
