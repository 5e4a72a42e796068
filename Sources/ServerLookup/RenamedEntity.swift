package import ConfigLoader

/// A user, channel or team whose name in the rules is no longer its name. The rules still apply to it, by its id.
package struct RenamedEntity: Sendable, Hashable {
  package let role: NameRole
  /// The name in the rules.
  package let name: String
  package let id: String
  /// The current name, or `nil` if the server does not say.
  package var now: String?
  /// True if another user, channel or team has the name in the rules now.
  package var isTaken: Bool

  package init(role: NameRole, name: String, id: String, now: String? = nil, isTaken: Bool) {
    self.role = role
    self.name = name
    self.id = id
    self.now = now
    self.isTaken = isTaken
  }

  package var summary: String {
    let (name, current) = (role.shown(name), now.map(role.shown))
    return isTaken
      ? "\(name) now belongs to a different \(role.rawValue); the rules still apply to the original one"
        + (current.map { ", now called \($0)" } ?? "")
      : "\(name) in the rules is now called \(current ?? "something else"); the rules still apply to it"
  }

  package var remedy: String { "update the rules" + (isTaken ? ", or restart with --accept-renames" : "") }

  package var description: String { "\(summary); \(remedy)" }
}

extension NameRole {
  /// Returns a name with its sign: `@alice`, `~dev`, `team acme`.
  package func shown(_ name: String) -> String {
    switch self {
    case .user: "@\(name)"
    case .channel: "~\(name)"
    case .team, .agent, .command, .rule: "\(rawValue) \(name)"
    }
  }
}
