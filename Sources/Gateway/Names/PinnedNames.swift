import ConfigLoader
import RuleEngine

/// Which ids the names in the rules stand for.
struct PinnedNames: Sendable, Equatable {
  /// The ids by their names.
  var ids: [Key: String] = [:]

  /// A name: a channel's belongs to a team, of which each may have one of that name.
  struct Key: Sendable, Hashable {
    var role: NameRole
    var name: String
    var team = ""
  }

  /// What the rules' conditions are compiled with.
  var directory: NameDirectory {
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

  /// These ids, as the server tells them now, under those that were kept from before: a name goes on standing for what
  /// it stood for, whoever bears it now. What the rules no longer name is not kept.
  func under(_ kept: PinnedNames, for names: ReferencedNames) -> PinnedNames {
    let staying = kept.ids.filter { names.ask(for: $0.key) }
    return PinnedNames(ids: ids.merging(staying) { _, old in old })
  }

  /// These ids, and those that were met later of names that stood for nothing.
  func meeting(_ found: [(key: Key, id: String)], for names: ReferencedNames) -> PinnedNames {
    let wanted = found.filter { names.ask(for: $0.key) }
    return PinnedNames(ids: ids.merging(wanted.map { ($0.key, $0.id) }) { old, _ in old })
  }
}

extension ReferencedNames {
  /// Whether the rules name this.
  fileprivate func ask(for key: PinnedNames.Key) -> Bool {
    switch key.role {
    case .user: users.contains(key.name)
    case .channel: channels.contains(key.name)
    case .team: teams.contains(key.name)
    case .agent, .command, .rule: false
    }
  }
}
