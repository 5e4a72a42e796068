import ConfigLoader
import Core
package import MattermostIO
package import RuleEngine

/// The names in the rules, resolved by the server.
package struct ResolvedNames: Sendable {
  package let ids: PinnedNames
  /// Those whose name has changed since they were pinned, sorted by name.
  package let renamed: [RenamedEntity]
  /// A sentence for each name that is likely not meant as it is.
  package let warnings: [String]

  /// Resolves names; those in `pinned` keep their ids.
  package init(
    _ names: ReferencedNames, pinned: PinnedNames, _ context: BotContext, _ client: MattermostClient
  ) async throws(MattermostError) {
    let current = try await context.ids(of: names, client)
    ids = current.overridden(by: pinned, for: names)
    let changed = ids.ids.filter { current.ids[$0.key] != $0.value }
    let currentNames = try await context.names(of: changed, client)
    renamed = changed.compactMap { key, id in
      let (now, isTaken) = (currentNames[id], current.ids[key] != nil)
      // If the name is free, the entity may also be deleted, or the bot may have left it: not a rename.
      guard isTaken || now != nil && now != key.name else { return nil }
      return RenamedEntity(role: key.role, name: key.name, id: id, now: now, isTaken: isTaken)
    }.sorted { ($0.role.rawValue, $0.name, $0.id) < ($1.role.rawValue, $1.name, $1.id) }
    let explained = Set(renamed.map { PinnedNames.Key(role: $0.role, name: $0.name) })
    warnings =
      renamed.map(\.description)
      + names.unresolved.flatMap { role, all in
        all.filter { !current.contains($0, role) && !explained.contains(PinnedNames.Key(role: role, name: $0)) }
          .sorted().map { Self.unknown($0, role) }
      }
  }

  private static func unknown(_ name: String, _ role: NameRole) -> String {
    let reason =
      role == .user
      ? "but the server has no such user: conditions on it never hold"
      : "but the bot is in no such \(role.rawValue): add it there"
    return "the rules name \(role.shown(name)), \(reason)"
  }
}

extension PinnedNames {
  fileprivate func contains(_ name: String, _ role: NameRole) -> Bool {
    role == .channel
      ? ids.keys.contains { $0.role == role && $0.name == name } : ids[Key(role: role, name: name)] != nil
  }
}

extension BotContext {
  /// Asks the server for the ids of names. Unknown names have none.
  func ids(of names: ReferencedNames, _ client: MattermostClient) async throws(MattermostError) -> PinnedNames {
    var found = PinnedNames()
    for channel in channels where names.channels.contains(channel.name) {
      found.ids[PinnedNames.Key(role: .channel, name: channel.name, team: channel.teamID)] = channel.id.rawValue
    }
    for team in teams where names.teams.contains(team.name) {
      found.ids[PinnedNames.Key(role: .team, name: team.name)] = team.id.rawValue
    }
    for batch in names.users.filter({ !$0.isMattermostID }).sorted().batches {
      for user in try await client.users(named: batch) {
        found.ids[PinnedNames.Key(role: .user, name: user.username)] = user.id.rawValue
      }
    }
    return found
  }

  /// Returns the current names by id, without those that the bot cannot see.
  fileprivate func names(
    of changed: [PinnedNames.Key: String], _ client: MattermostClient
  ) async throws(MattermostError) -> [String: String] {
    var names: [String: String] = [:]
    for channel in channels { names[channel.id.rawValue] = channel.name }
    for team in teams { names[team.id.rawValue] = team.name }
    for (key, id) in changed where key.role == .channel && names[id] == nil {
      do throws(MattermostError) {
        names[id] = try await client.channel(ChannelID(id)).name
      } catch  where error.code == .forbidden || error.code == .notFound {}
    }
    for batch in changed.filter({ $0.key.role == .user }).map(\.value).sorted().batches {
      for user in try await client.users(ids: batch.map { UserID($0) }) {
        names[user.id.rawValue] = user.username
      }
    }
    return names
  }
}

extension [String] {
  /// The elements in arrays of as many as one request may ask for.
  fileprivate var batches: [[String]] {
    stride(from: 0, to: count, by: Limits.namesPerRequest).map { Array(self[$0...].prefix(Limits.namesPerRequest)) }
  }
}

/// A look-up that failed.
package enum ServerLookupError: Error, Sendable, CustomStringConvertible {
  case server(MattermostError)
  case pinnedNames(PinnedNamesFileError)

  package var description: String {
    switch self {
    case .server(let error): "\(error)"
    case .pinnedNames(let error): "\(error)"
    }
  }

  /// True if the server rejects the token.
  package var isUnauthorized: Bool {
    if case .server(let error) = self { error.code == .unauthorized } else { false }
  }
}
