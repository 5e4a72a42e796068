import MattermostIO
import RuleEngine
import Vocabulary

/// What the server says about the bot and where it is: asked once, at start.
struct Surroundings: Sendable {
  var account: UserRecord
  var serverVersion: String
  var teams: [TeamRecord]
  /// The channels that the bot is in, archived ones left out.
  var channels: [ChannelRecord]

  /// Asks the server. The first question is who we are: it tells whether the token is good.
  static func ask(_ client: MattermostClient) async throws(MattermostError) -> Surroundings {
    try await ask(client, as: try await client.me())
  }

  /// Asks the server where the bot is, who is known already.
  static func ask(_ client: MattermostClient, as account: UserRecord) async throws(MattermostError) -> Surroundings {
    let version = try await client.serverVersion()
    let teams = try await client.teams()
    var channels: [String: ChannelRecord] = [:]
    for team in teams {
      // Each team's list has the direct and group channels again, which belong to none.
      for channel in try await client.channels(ofTeam: team.id) where channel.deleteAt == 0 {
        channels[channel.id] = channel
      }
    }
    return Surroundings(
      account: account, serverVersion: version, teams: teams, channels: channels.values.sorted { $0.name < $1.name })
  }

  var bot: BotIdentity { BotIdentity(id: account.id, name: account.username) }
}

extension String {
  /// Whether it has the form of Mattermost's ids: 26 characters of its own base 32 alphabet.
  var isMattermostID: Bool {
    utf8.count == 26 && utf8.allSatisfy { "ybndrfg8ejkmcpqxot1uwisza345h769".utf8.contains($0) }
  }
}
