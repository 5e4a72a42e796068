import ConfigLoader
import MattermostIO
import RuleEngine

/// The names of rules, looked up: what they stand for, and which of them lead elsewhere by now.
struct ResolvedNames: Sendable {
  /// What they stand for.
  let ids: PinnedNames
  /// Those that have moved, in the order of their names.
  let moved: [RenamedEntity]
  /// What is likely not meant as it stands, a sentence each.
  let warnings: [String]

  /// Looks up names that stood for `kept` before.
  init(
    _ names: ReferencedNames, kept: PinnedNames, _ around: BotContext, _ client: MattermostClient
  ) async throws(MattermostError) {
    let fresh = try await around.ids(of: names, client)
    ids = fresh.under(kept, for: names)
    let departed = ids.ids.filter { fresh.ids[$0.key] != $0.value }
    let current = try await around.names(of: departed, client)
    moved = departed.compactMap { key, id in
      let (now, isTaken) = (current[id], fresh.ids[key] != nil)
      // It may also be gone, or the bot may have left: then nothing else bears the name, and it is not another's.
      guard isTaken || now != nil && now != key.name else { return nil }
      return RenamedEntity(role: key.role, name: key.name, id: id, now: now, isTaken: isTaken)
    }.sorted { ($0.role.rawValue, $0.name, $0.id) < ($1.role.rawValue, $1.name, $1.id) }
    let explained = Set(moved.map { PinnedNames.Key(role: $0.role, name: $0.name) })
    warnings =
      moved.map(NameTexts.moved)
      + NameTexts.unknown(
        names.asked.map { role, all in
          (role, all.filter { !fresh.knows($0, role) && !explained.contains(PinnedNames.Key(role: role, name: $0)) })
        })
  }
}

extension PinnedNames {
  fileprivate func knows(_ name: String, _ role: NameRole) -> Bool {
    role == .channel
      ? ids.keys.contains { $0.role == role && $0.name == name } : ids[Key(role: role, name: name)] != nil
  }
}

extension BotContext {
  /// Asks for the ids of names. Whoever is not known has none.
  func ids(of names: ReferencedNames, _ client: MattermostClient) async throws(MattermostError) -> PinnedNames {
    var found = PinnedNames()
    for channel in channels where names.channels.contains(channel.name) {
      found.ids[PinnedNames.Key(role: .channel, name: channel.name, team: channel.teamID)] = channel.id
    }
    for team in teams where names.teams.contains(team.name) {
      found.ids[PinnedNames.Key(role: .team, name: team.name)] = team.id
    }
    var users = names.users.filter { !$0.isMattermostID }.sorted()[...]
    while !users.isEmpty {
      for user in try await client.users(named: Array(users.prefix(Limits.namesPerRequest))) {
        found.ids[PinnedNames.Key(role: .user, name: user.username)] = user.id
      }
      users = users.dropFirst(Limits.namesPerRequest)
    }
    return found
  }

  /// What the bearers of these ids are called now, by their ids; without those that the bot cannot see.
  fileprivate func names(
    of departed: [PinnedNames.Key: String], _ client: MattermostClient
  ) async throws(MattermostError) -> [String: String] {
    var names: [String: String] = [:]
    for channel in channels { names[channel.id] = channel.name }
    for team in teams { names[team.id] = team.name }
    for (key, id) in departed where key.role == .channel && names[id] == nil {
      do throws(MattermostError) {
        names[id] = try await client.channel(id).name
      } catch  where error.code == .forbidden || error.code == .notFound {}
    }
    var users = departed.filter { $0.key.role == .user }.map(\.value).sorted()[...]
    while !users.isEmpty {
      for user in try await client.users(ids: Array(users.prefix(Limits.namesPerRequest))) {
        names[user.id] = user.username
      }
      users = users.dropFirst(Limits.namesPerRequest)
    }
    return names
  }
}
