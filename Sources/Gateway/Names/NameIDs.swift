import ConfigLoader
import RuleEngine

/// Which ids the names in the rules stand for.
struct NameIDs: Sendable, Equatable {
  /// The ids by their names.
  var ids: [Key: String] = [:]

  /// A name: a channel's belongs to a team, of which each may have one of that name.
  struct Key: Sendable, Hashable {
    var role: NameRole
    var name: String
    var team = ""
  }

  /// What the rules' conditions are compiled with.
  var directory: Directory {
    var directory = Directory()
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
  func under(_ kept: NameIDs, for names: ReferencedNames) -> NameIDs {
    let used = Set(names.asked.flatMap { role, names in names.map { Key(role: role, name: $0) } })
    let staying = kept.ids.filter { used.contains(Key(role: $0.key.role, name: $0.key.name)) }
    return NameIDs(ids: ids.merging(staying) { _, old in old })
  }
}
