import MattermostIO

/// What the server says about where the bot may post, found out without posting: its roles in each channel, in the
/// channel's team and on the server, and what these roles allow.
///
/// Mattermost asks them in this order and takes the first that allows it (`HasPermissionToChannel`).
struct PostingPermissions: Sendable {
  private let everywhere: Set<String>
  private let teams: [String: Set<String>]
  private let channels: [String: Set<String>]
  private let permissions: [String: Set<String>]

  /// Asks the server.
  static func ask(_ client: MattermostClient, _ around: BotContext) async throws(MattermostError) -> PostingPermissions
  {
    let teams = try await client.teamMemberships()
    var channels: [String: Set<String>] = [:]
    for team in around.teams {
      for membership in try await client.channelMemberships(ofTeam: team.id) {
        channels[membership.place] = Set(membership.roles)
      }
    }
    let inTeams = Dictionary(teams.map { ($0.place, Set($0.roles)) }, uniquingKeysWith: { $0.union($1) })
    let everywhere = Set(around.account.roles)
    let names = (Array(inTeams.values) + channels.values).reduce(everywhere) { $0.union($1) }.sorted()
    var permissions: [String: Set<String>] = [:]
    for role in try await client.roles(named: Array(names.prefix(Limits.rolesAsked))) {
      permissions[role.name] = Set(role.permissions)
    }
    return PostingPermissions(everywhere: everywhere, teams: inTeams, channels: channels, permissions: permissions)
  }

  /// Whether the bot may post in a channel; nil where the server does not say.
  func allow(_ channel: ChannelRecord) -> Bool? {
    guard let own = channels[channel.id] else { return nil }
    let roles = own.union(teams[channel.teamID] ?? []).union(everywhere)
    let needed = channel.type == "O" ? ["create_post", "create_post_public"] : ["create_post"]
    if roles.contains(where: { role in !(permissions[role] ?? []).isDisjoint(with: needed) }) { return true }
    // A role that the server did not tell of may be the one that allows it.
    return roles.allSatisfy { permissions[$0] != nil } ? false : nil
  }
}
