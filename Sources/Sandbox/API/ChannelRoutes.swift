import Core

extension Route {
  static let teams: [Route] = [
    Route(.get, "users/{user_id}/teams") { call, state throws(AppError) in
      _ = try call.ownUserID()
      return .ok(.array(await state.teams.map(\.json)))
    },
    Route(.get, "teams/name/{team_name}") { call, state throws(AppError) in
      guard let team = await state.team(named: call.path["team_name"] ?? "") else { throw .teamMissing }
      return .ok(team.json)
    },
  ]

  static let channels: [Route] = [
    Route(.get, "users/{user_id}/teams/{team_id}/channels") { call, state throws(AppError) in
      _ = try call.ownUserID()
      let channels = await state.channels(of: call.user, in: try await teamID(call, state))
      let newest = channels.map { max($0.createAt, $0.lastPostAt) }.max() ?? 0
      let etag = "\(ServerVersion.number).\(call.user.id).\(newest).0.\(channels.count)"
      return .ok(.array(channels.map(\.json)), etag: etag)
    },
    // Unrecorded; the published API has it since 6.1.
    Route(.get, "users/{user_id}/channels") { call, state throws(AppError) in
      _ = try call.ownUserID()
      return .ok(.array(await state.channels(of: call.user).map(\.json)))
    },
    Route(.get, "teams/{team_id}/channels/name/{channel_name}") { call, state throws(AppError) in
      let teamID = try await teamID(call, state)
      return .ok(try await state.channel(named: call.path["channel_name"] ?? "", in: teamID, for: call.user).json)
    },
    Route(.post, "channels/direct") { call, state throws(AppError) in
      let ids = try call.decoded([String].self, else: "user_ids")
      return .created(try await state.directChannel(of: ids, by: call.user).json)
    },
    Route(.get, "channels/{channel_id}") { call, state throws(AppError) in
      .ok(try await state.channel(try call.id("channel_id"), for: call.user).json)
    },
  ]

  /// Returns the id of the team in the path.
  private static func teamID(_ call: APICall, _ state: SandboxState) async throws(AppError) -> String {
    let id = try call.id("team_id")
    guard await state.teams.contains(where: { $0.id == id }) else { throw .forbidden }
    return id
  }
}
