import MattermostIO
import ServerLookup

extension Doctor {
  /// Checks that the bot is a member of teams and channels, and may post there.
  func membershipChecks(
    _ client: MattermostClient, of account: UserRecord?
  ) async -> (context: BotContext?, checks: [DoctorCheck]) {
    let ids: [DoctorCheck.ID] = [.teams, .channels, .posting]
    guard let account else { return (nil, ids.map { .unchecked($0, DoctorTexts.noAccount) }) }
    let context: BotContext
    do throws(MattermostError) {
      context = try await BotContext.fetch(client, for: account)
    } catch {
      return (
        nil,
        [.wrong(.teams, error.summary, remedy: [error.remedy])]
          + ids.dropFirst().map { .unchecked($0, DoctorTexts.notReached) }
      )
    }
    let teams: DoctorCheck =
      context.teams.isEmpty
      ? .wrong(.teams, DoctorTexts.noTeam, remedy: [DoctorTexts.joinTeam])
      : .good(.teams, context.teams.map(\.name).sorted().listed)
    guard !context.channels.isEmpty else {
      let none = DoctorCheck.wrong(.channels, DoctorTexts.noChannel, remedy: [DoctorTexts.joinChannel])
      return (context, [teams, none, .unchecked(.posting, DoctorTexts.noChannel)])
    }
    return (context, [teams, .good(.channels, context.channels.summary)] + (await postingChecks(client, context)))
  }

  private func postingChecks(_ client: MattermostClient, _ context: BotContext) async -> [DoctorCheck] {
    let permissions: PostingPermissions
    do throws(MattermostError) {
      permissions = try await PostingPermissions(client, context)
    } catch {
      return [.unchecked(.posting, DoctorTexts.permissionsUnknown(error))]
    }
    let allowed = context.channels.filter { permissions.allowPosting(in: $0) == true }
    let forbidden = context.channels.filter { permissions.allowPosting(in: $0) == false }
    var checks =
      allowed.isEmpty ? [] : [DoctorCheck.good(.posting, DoctorTexts.mayPost(allowed, of: context.channels.count))]
    checks += forbidden.map { .wrong(.posting, DoctorTexts.mayNotPost($0), remedy: [DoctorTexts.allowPosting]) }
    let unknown = context.channels.count - allowed.count - forbidden.count
    if unknown > 0 { checks.append(.unchecked(.posting, DoctorTexts.permissionsUnknown(channels: unknown))) }
    return checks
  }
}

/// The bot's permissions, by its roles in each channel, in the channel's team and on the server.
///
/// Mattermost checks them in this order and takes the first role that allows an action (`HasPermissionToChannel` in
/// server/channels/app/authorization.go).
private struct PostingPermissions: Sendable {
  private let serverRoles: Set<String>
  private var teamRoles: [MembershipRecord.Scope: Set<String>] = [:]
  private var channelRoles: [MembershipRecord.Scope: Set<String>] = [:]
  private var permissions: [String: Set<String>] = [:]

  /// Asks the server.
  init(_ client: MattermostClient, _ context: BotContext) async throws(MattermostError) {
    serverRoles = Set(context.account.roles)
    for membership in try await client.teamMemberships() {
      teamRoles[membership.scope, default: []].formUnion(membership.roles)
    }
    for team in context.teams {
      for membership in try await client.channelMemberships(ofTeam: team.id) {
        channelRoles[membership.scope] = Set(membership.roles)
      }
    }
    let names = (Array(teamRoles.values) + channelRoles.values).reduce(serverRoles) { $0.union($1) }.sorted()
    for role in try await client.roles(named: Array(names.prefix(Limits.rolesMax))) {
      permissions[role.name] = Set(role.permissions)
    }
  }

  /// Returns whether the bot may post in a channel, or `nil` if the server does not say.
  func allowPosting(in channel: ChannelRecord) -> Bool? {
    guard let own = channelRoles[.channel(channel.id)] else { return nil }
    let roles = own.union(channel.teamID.flatMap { teamRoles[.team($0)] } ?? []).union(serverRoles)
    let needed = channel.type == "O" ? ["create_post", "create_post_public"] : ["create_post"]
    if roles.contains(where: { role in !(permissions[role] ?? []).isDisjoint(with: needed) }) { return true }
    // A role that the server did not return may allow it.
    return roles.allSatisfy { permissions[$0] != nil } ? false : nil
  }
}
