import Core

extension Route {
  static let teams: [Route] = [
    Route(.get, "users/{user_id}/teams") { call, state throws(AppError) in
      _ = try call.ownUserID()
      return .ok([state.fixtures.team.json])
    },
    Route(.get, "teams/name/{team_name}") { call, state throws(AppError) in
      guard call.path["team_name"]?.lowercased() == state.fixtures.team.name else { throw .teamMissing }
      return .ok(state.fixtures.team.json)
    },
  ]

  static let channels: [Route] = [
    Route(.get, "users/{user_id}/teams/{team_id}/channels") { call, state throws(AppError) in
      _ = try call.ownUserID()
      try checkTeam(call, state)
      let channels = await state.channels(of: call.user)
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
      try checkTeam(call, state)
      return .ok(try await state.channel(named: call.path["channel_name"] ?? "", for: call.user).json)
    },
    Route(.post, "channels/direct") { call, state throws(AppError) in
      let ids = try call.decoded([String].self, else: "user_ids")
      return .created(try await state.directChannel(of: ids, by: call.user).json)
    },
    Route(.get, "channels/{channel_id}") { call, state throws(AppError) in
      .ok(try await state.channel(try call.id("channel_id"), for: call.user).json)
    },
  ]

  private static func checkTeam(_ call: APICall, _ state: SandboxState) throws(AppError) {
    guard try call.id("team_id") == state.fixtures.team.id else { throw .forbidden }
  }
}
