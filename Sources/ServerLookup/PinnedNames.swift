package import ConfigLoader
package import Core
package import RuleEngine

/// The ids that the names in the rules are pinned to.
///
/// A name keeps the id that it first resolved to, over renames and restarts. Otherwise an account that takes over
/// another's name would get its rights.
package struct PinnedNames: Sendable, Equatable {
  /// The ids, of users, channels or teams, as the roles of the names say.
  package var ids: [Key: String] = [:]

  /// A name. A channel's belongs to a team, because each team may have a channel of that name.
  package struct Key: Sendable, Hashable {
    package var role: NameRole
    package var name: String
    package var team: TeamID?

    package init(role: NameRole, name: String, team: TeamID? = nil) {
      self.role = role
      self.name = name
      self.team = team
    }
  }

  package init(ids: [Key: String] = [:]) { self.ids = ids }

  /// The ids as the rules are compiled with them.
  package var directory: NameDirectory {
    var directory = NameDirectory()
    for (key, id) in ids {
      switch key.role {
      case .user: directory.users[key.name] = id
      case .team: directory.teams[key.name] = id
      case .channel: directory.channels[key.name, default: []].insert(id)
      case .agent, .command, .rule: break
      }
    }
    return directory
  }

  /// Returns these ids, which the server has just given, replaced by earlier ones for the same names. Names that the
  /// rules no longer have are dropped.
  func overridden(by earlier: PinnedNames, for names: ReferencedNames) -> PinnedNames {
    let staying = earlier.ids.filter { names.contains($0.key) }
    return PinnedNames(ids: ids.merging(staying) { _, old in old })
  }

  /// Returns these ids, and those of names that had none until now.
  package func adding(_ found: [(key: Key, id: String)], for names: ReferencedNames) -> PinnedNames {
    let wanted = found.filter { names.contains($0.key) }
    return PinnedNames(ids: ids.merging(wanted.map { ($0.key, $0.id) }) { old, _ in old })
  }
}

extension ReferencedNames {
  /// The names to ask the server for; ids need no look-up.
  package var unresolved: [(role: NameRole, names: Set<String>)] {
    [(.user, users), (.channel, channels), (.team, teams)].map { ($0, $1.filter { !$0.isMattermostID }) }
  }

  fileprivate func contains(_ key: PinnedNames.Key) -> Bool {
    switch key.role {
    case .user: users.contains(key.name)
    case .channel: channels.contains(key.name)
    case .team: teams.contains(key.name)
    case .agent, .command, .rule: false
    }
  }
}

extension String {
  /// True if the text has the form of a Mattermost id: 26 characters of its own base-32 alphabet.
  var isMattermostID: Bool {
    utf8.count == 26 && utf8.allSatisfy { "ybndrfg8ejkmcpqxot1uwisza345h769".utf8.contains($0) }
  }
}

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
