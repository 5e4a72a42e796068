import Core
import MattermostIO
import RuleEngine

/// What the server says about the bot and where it is.
struct BotContext: Sendable {
  var account: UserRecord
  var serverVersion: String
  var teams: [TeamRecord]
  /// The channels that the bot is in, archived ones left out.
  var channels: [ChannelRecord]
  /// The most Unicode scalars of a post, where the server tells.
  var postScalarsMax: Int?

  /// Asks the server. The first question is who we are: it tells whether the token is good.
  static func ask(_ client: MattermostClient) async throws(MattermostError) -> BotContext {
    try await ask(client, as: try await client.me())
  }

  /// Asks the server where the bot is, who is known already.
  static func ask(_ client: MattermostClient, as account: UserRecord) async throws(MattermostError) -> BotContext {
    let version = try await client.serverVersion()
    let postScalarsMax = try await client.postScalarsMax()
    let teams = try await client.teams()
    return BotContext(
      account: account, serverVersion: version, teams: teams, channels: try await channels(of: teams, client),
      postScalarsMax: postScalarsMax)
  }

  /// The channels that the bot is in now.
  static func channels(_ client: MattermostClient) async throws(MattermostError) -> [ChannelRecord] {
    try await channels(of: try await client.teams(), client)
  }

  private static func channels(
    of teams: [TeamRecord], _ client: MattermostClient
  ) async throws(MattermostError) -> [ChannelRecord] {
    var channels: [String: ChannelRecord] = [:]
    var records: [ChannelRecord] = teams.isEmpty ? try await channelsWithoutTeam(client) : []
    // Each team's list has the direct and group channels again, which belong to none.
    for team in teams { records += try await client.channels(ofTeam: team.id) }
    for channel in records where channel.deleteAt == 0 { channels[channel.id] = channel }
    return channels.values.sorted { $0.name < $1.name }
  }

  /// The direct and group channels of a bot that is in no team.
  private static func channelsWithoutTeam(_ client: MattermostClient) async throws(MattermostError) -> [ChannelRecord] {
    do throws(MattermostError) {
      return try await client.channels()
    } catch {
      // Servers before 6.1 have no such call; there, nothing is known of them before somebody writes.
      guard error.code == .notFound else { throw error }
      return []
    }
  }

  var bot: BotIdentity { BotIdentity(id: account.id, name: account.username) }
}

extension String {
  /// Whether it has the form of Mattermost's ids: 26 characters of its own base 32 alphabet.
  var isMattermostID: Bool {
    utf8.count == 26 && utf8.allSatisfy { "ybndrfg8ejkmcpqxot1uwisza345h769".utf8.contains($0) }
  }
}
