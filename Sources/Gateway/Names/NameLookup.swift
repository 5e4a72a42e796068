import ConfigLoader
import Core
import MattermostIO
import RuleEngine

/// Finds out which names of rules lead nowhere, and why.
struct NameLookup: Sendable {
  let client: MattermostClient
  let around: BotContext

  /// The names that lead nowhere: users, channels, teams, each by their names.
  func unknown(among names: ReferencedNames) async throws(MattermostError) -> [UnknownName] {
    let directory = try await around.ids(of: names, client).directory
    var unknown: [UnknownName] = []
    for name in Self.left(names.users, directory.users.keys) {
      let nearest = unknown.count < Limits.namesExplained ? try await nearestUser(to: name) : nil
      unknown.append(UnknownName(.user, name, .unknown(nearest: nearest)))
    }
    for name in Self.left(names.channels, directory.channels.keys) {
      let reason =
        unknown.count < Limits.namesExplained ? try await reason(ofChannel: name) : .unknown(nearest: nil)
      unknown.append(UnknownName(.channel, name, reason))
    }
    for name in Self.left(names.teams, directory.teams.keys) {
      let nearest = Spelling.nearest(to: name, among: around.teams.map(\.name))
      unknown.append(UnknownName(.team, name, .unknown(nearest: nearest)))
    }
    return unknown
  }

  /// The names that have no entry; ids stand for themselves.
  static func left(_ names: Set<String>, _ known: some Collection<String>) -> [String] {
    names.subtracting(known).filter { !$0.isMattermostID }.sorted()
  }

  /// Servers are searched by beginnings: by that half of the name which is spelt right if the slip is in the other, then
  /// by the first letter.
  private func nearestUser(to name: String) async throws(MattermostError) -> String? {
    for length in [max(2, name.count / 2), 1] {
      do throws(MattermostError) {
        let found = try await client.users(beginning: String(name.prefix(length)))
        if let nearest = Spelling.nearest(to: name, among: found.map(\.username)) { return nearest }
      } catch  where error.isRefusal {
        return nil
      }
    }
    return nil
  }

  private func reason(ofChannel name: String) async throws(MattermostError) -> UnknownName.Reason {
    for team in around.teams {
      do throws(MattermostError) {
        let channel = try await client.channel(named: name, inTeam: team.id)
        return channel.deleteAt > 0 ? .archived : .notJoined
      } catch  where error.isRefusal {
        continue
      }
    }
    let own = around.channels.filter { !$0.teamID.isEmpty }
    return .unknown(nearest: Spelling.nearest(to: name, among: own.map(\.name)))
  }
}

extension MattermostError {
  /// Whether the server answered that it will not tell, which a search has to bear.
  fileprivate var isRefusal: Bool { [.forbidden, .notFound, .rejected].contains(code) }
}
