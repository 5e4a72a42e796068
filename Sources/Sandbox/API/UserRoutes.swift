import Core

extension Route {
  static let users: [Route] = [
    Route(.post, "users/ids") { call, state throws(AppError) in
      let ids = Set(try call.decoded([String].self, else: "user_ids"))
      return .ok(.array(await state.allUsers.filter { ids.contains($0.id) }.map(\.json)))
    },
    Route(.post, "users/usernames") { call, state throws(AppError) in
      let names = Set(try call.decoded([String].self, else: "usernames").map { $0.lowercased() })
      return .ok(.array(await state.allUsers.filter { names.contains($0.username) }.map(\.json)))
    },
    Route(.post, "users/search") { call, state throws(AppError) in
      let term = try call.decoded([String: String].self, else: "term")["term"]?.lowercased() ?? ""
      guard !term.isEmpty else { throw .invalidBody("term") }
      return .ok(.array(await state.allUsers.filter { $0.username.hasPrefix(term) }.map(\.json)))
    },
    Route(.get, "users/username/{username}") { call, state throws(AppError) in
      let name = call.path["username"]?.lowercased()
      guard let user = await state.allUsers.first(where: { $0.username == name }) else { throw .usernameMissing }
      return answer(with: user, to: call.user)
    },
    Route(.get, "users/{user_id}") { call, state throws(AppError) in
      guard let user = await state.users[try call.userID()] else { throw .userMissing }
      return answer(with: user, to: call.user)
    },
    Route(.post, "users/{user_id}/typing") { call, state throws(AppError) in
      _ = try call.ownUserID()
      let body = try call.decoded(TypingBody.self, else: "typing_request")
      try await state.typing(call.user, in: body.channelID, threadID: body.parentID ?? "")
      return .done
    },
  ]

  private static func answer(with user: Account, to caller: Account) -> RouteResponse {
    .ok(user == caller ? user.ownJSON : user.json, etag: user.etag)
  }

  private struct TypingBody: Decodable {
    let channelID: String
    let parentID: String?

    enum CodingKeys: String, CodingKey {
      case channelID = "channel_id"
      case parentID = "parent_id"
    }
  }
}

/// Memberships and roles. Unrecorded: they follow the published sources of version 6.7.
extension Route {
  static let roles: [Route] = [
    Route(.get, "users/{user_id}/teams/members") { call, state throws(AppError) in
      let user = try call.ownUserID()
      return .ok(.array(await state.teams.map { Membership.json(ofTeam: $0.id, user) }))
    },
    Route(.get, "users/{user_id}/teams/{team_id}/channels/members") { call, state throws(AppError) in
      let user = try call.ownUserID()
      let channels = await state.channels(of: call.user, in: try call.id("team_id"))
      let moderated = await state.moderated
      return .ok(.array(channels.map { Membership.json(of: $0, user, isModerated: moderated.contains($0.id)) }))
    },
    Route(.post, "roles/names") { call, _ throws(AppError) in
      let names = Set(try call.decoded([String].self, else: "rolenames"))
      return .ok(.array(Role.allCases.filter { names.contains($0.rawValue) }.map(\.json)))
    },
  ]
}

/// Memberships of a user in a team or a channel.
private enum Membership {
  static func json(ofTeam team: String, _ user: String) -> JSON {
    [
      "team_id": .string(team), "user_id": .string(user), "roles": .string(Role.teamUser.rawValue), "delete_at": 0,
      "scheme_guest": false, "scheme_user": true, "scheme_admin": false, "explicit_roles": "",
    ]
  }

  static func json(of channel: SandboxChannel, _ user: String, isModerated: Bool) -> JSON {
    let role = isModerated ? Role.moderatedChannelUser : .channelUser
    return [
      "channel_id": .string(channel.id), "user_id": .string(user), "roles": .string(role.rawValue),
      "last_viewed_at": 0, "msg_count": 0, "mention_count": 0, "mention_count_root": 0, "msg_count_root": 0,
      "notify_props": [
        "desktop": "default", "email": "default", "ignore_channel_mentions": "default", "mark_unread": "all",
        "push": "default",
      ], "last_update_at": .int(channel.createAt), "scheme_guest": false, "scheme_user": true, "scheme_admin": false,
      "explicit_roles": "",
    ]
  }
}

/// A role, with the permissions that matter to a bot.
private enum Role: String, CaseIterable {
  case systemUser = "system_user"
  case teamUser = "team_user"
  case channelUser = "channel_user"
  /// The role of a channel scheme; on a real server its name is an id.
  case moderatedChannelUser = "moderated_channel_user"

  var json: JSON {
    [
      "id": .string(MattermostID.fixed("role:\(rawValue)")), "name": .string(rawValue),
      "display_name": .string("authentication.roles.\(rawValue).name"),
      "description": .string("authentication.roles.\(rawValue).description"), "create_at": 0, "update_at": 0,
      "delete_at": 0, "permissions": .array(permissions.map { .string($0) }), "scheme_managed": true,
      "built_in": .bool(self != .moderatedChannelUser),
    ]
  }

  private var permissions: [String] {
    switch self {
    case .systemUser: ["create_direct_channel", "create_group_channel", "view_members"]
    case .teamUser: ["list_team_channels", "join_public_channels", "read_public_channel", "view_team"]
    case .channelUser: ["add_reaction", "read_channel", "upload_file", "edit_post", "create_post"]
    case .moderatedChannelUser: ["read_channel"]
    }
  }
}

extension Route {
  static let system: [Route] = [
    Route(.get, "system/ping", needsUser: false) { _, _ throws(AppError) in
      .ok([
        "AndroidLatestVersion": "", "AndroidMinVersion": "", "IosLatestVersion": "", "IosMinVersion": "",
        "status": "OK",
      ])
    },
    // Those of the two hundred keys that matter to a bot.
    Route(.get, "config/client", needsUser: false) { _, _ throws(AppError) in
      .ok([
        "BuildDate": "", "BuildEnterpriseReady": "", "BuildHash": "", "BuildNumber": "",
        "CollapsedThreads": "disabled", "DefaultClientLocale": "en",
        "MaxPostSize": .string(String(Limits.messageScalarsMax)), "SiteName": "edgecrab sandbox", "SiteURL": "",
        "Version": .string(ServerVersion.number), "WebsocketURL": "",
      ])
    },
  ]
}
