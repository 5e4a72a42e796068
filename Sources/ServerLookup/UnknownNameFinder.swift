package import ConfigLoader
import Core
package import MattermostIO
package import RuleEngine

/// Finds names in rules that do not exist on the server, and the reasons.
package struct UnknownNameFinder: Sendable {
  private let client: MattermostClient
  private let context: BotContext

  package init(client: MattermostClient, context: BotContext) {
    self.client = client
    self.context = context
  }

  /// Returns the unknown names: users, then channels, then teams, each sorted.
  package func unknown(among names: ReferencedNames) async throws(MattermostError) -> [UnknownName] {
    let directory = try await context.ids(of: names, client).directory
    var unknown: [UnknownName] = []
    for name in missing(names.users, from: directory.users.keys) {
      let nearest = unknown.count < Limits.namesExplained ? try await nearestUser(to: name) : nil
      unknown.append(UnknownName(.user, name, .unknown(nearest: nearest)))
    }
    for name in missing(names.channels, from: directory.channels.keys) {
      let reason =
        unknown.count < Limits.namesExplained ? try await reason(ofChannel: name) : .unknown(nearest: nil)
      unknown.append(UnknownName(.channel, name, reason))
    }
    for name in missing(names.teams, from: directory.teams.keys) {
      let nearest = Spelling.nearest(to: name, among: context.teams.map(\.name))
      unknown.append(UnknownName(.team, name, .unknown(nearest: nearest)))
    }
    return unknown
  }

  /// Returns the names that are no ids and that the server did not return.
  private func missing(_ names: Set<String>, from known: some Collection<String>) -> [String] {
    names.subtracting(known).filter { !$0.isMattermostID }.sorted()
  }

  /// Servers search users by prefix only: by the first half of the name, in case the mistake is in the second, then by
  /// the first letter.
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
    for team in context.teams {
      do throws(MattermostError) {
        let channel = try await client.channel(named: name, inTeam: team.id)
        return channel.deleteAt > 0 ? .archived : .notJoined
      } catch  where error.isRefusal {
        continue
      }
    }
    let own = context.channels.filter { $0.teamID != nil }
    return .unknown(nearest: Spelling.nearest(to: name, among: own.map(\.name)))
  }
}

extension MattermostError {
  /// True if the server refuses an answer. A search then goes on without it.
  fileprivate var isRefusal: Bool { [.forbidden, .notFound, .rejected].contains(code) }
}
