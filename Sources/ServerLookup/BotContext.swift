import Core
package import MattermostIO

/// The bot's account, and the teams and channels that it is a member of.
package struct BotContext: Sendable {
  package var account: UserRecord
  /// The server's version; empty if the server does not say.
  package var serverVersion: String
  package var teams: [TeamRecord]
  /// The channels that the bot is a member of, without archived ones, sorted by name.
  package var channels: [ChannelRecord]
  /// The most Unicode scalars that a post may have, or `nil` if the server does not say.
  package var postScalarsMax: Int?

  package var bot: BotIdentity { BotIdentity(id: account.id, name: account.username) }

  /// Asks the server. The first request is for the account, because it shows whether the token is valid.
  package static func fetch(_ client: MattermostClient) async throws(MattermostError) -> BotContext {
    try await fetch(client, for: try await client.me())
  }

  /// Asks the server about an account that is known.
  package static func fetch(
    _ client: MattermostClient, for account: UserRecord
  ) async throws(MattermostError) -> BotContext {
    let version = try await client.serverVersion()
    let postScalarsMax = try await client.postScalarsMax()
    let teams = try await client.teams()
    return BotContext(
      account: account, serverVersion: version, teams: teams, channels: try await channels(of: teams, client),
      postScalarsMax: postScalarsMax)
  }

  /// Returns the channels that the bot is a member of now.
  package static func channels(_ client: MattermostClient) async throws(MattermostError) -> [ChannelRecord] {
    try await channels(of: try await client.teams(), client)
  }

  private static func channels(
    of teams: [TeamRecord], _ client: MattermostClient
  ) async throws(MattermostError) -> [ChannelRecord] {
    var channels: [ChannelID: ChannelRecord] = [:]
    var records: [ChannelRecord] = teams.isEmpty ? try await channelsWithoutTeam(client) : []
    // Each team's list repeats the direct and group channels, which belong to no team.
    for team in teams { records += try await client.channels(ofTeam: team.id) }
    for channel in records where channel.deleteAt == 0 { channels[channel.id] = channel }
    return channels.values.sorted { $0.name < $1.name }
  }

  /// Returns the direct and group channels of a bot that is in no team.
  private static func channelsWithoutTeam(_ client: MattermostClient) async throws(MattermostError) -> [ChannelRecord] {
    do throws(MattermostError) {
      return try await client.channels()
    } catch {
      // Servers before 6.1 do not have this endpoint. There, a channel becomes known with its first post.
      guard error.code == .notFound else { throw error }
      return []
    }
  }
}

extension Collection<ChannelRecord> {
  /// The channels in one line: `~dev, ~ops, 5 direct, 1 group`.
  package var summary: String {
    let named = filter { $0.type != "D" && $0.type != "G" }.map { "~" + $0.name }
    let parts =
      (named.isEmpty ? [] : [named.listed])
      + [("D", "direct"), ("G", "group")].compactMap { type, word in
        let number = count { $0.type == type }
        return number == 0 ? nil : "\(number) \(word)"
      }
    return parts.isEmpty ? "none yet; add the bot to one" : parts.joined(separator: ", ")
  }
}

extension [String] {
  /// The first names, and the number of the others.
  package var listed: String {
    let shown = prefix(Limits.namesListed).joined(separator: ", ")
    return count > Limits.namesListed ? "\(shown) and \(count - Limits.namesListed) more" : shown
  }
}
