import Core

/// Who may do what, as far as a bot can ask. Unrecorded: it follows the published sources of version 6.7.
extension Route {
  static let roles: [Route] = [
    Route(.get, "users/{user_id}/teams/members") { call, world throws(AppError) in
      let user = try call.ownUserID()
      return .ok([Membership.json(ofTeam: world.cast.team.id, user)])
    },
    Route(.get, "users/{user_id}/teams/{team_id}/channels/members") { call, world throws(AppError) in
      let user = try call.ownUserID()
      let channels = await world.channels(of: call.user)
      let moderated = await world.moderated
      return .ok(.array(channels.map { Membership.json(of: $0, user, isModerated: moderated.contains($0.id)) }))
    },
    Route(.post, "roles/names") { call, _ throws(AppError) in
      let names = Set(try call.decoded([String].self, else: "rolenames"))
      return .ok(.array(Role.allCases.filter { names.contains($0.rawValue) }.map(\.json)))
    },
  ]
}

/// A user's place in a team or a channel.
private enum Membership {
  static func json(ofTeam team: String, _ user: String) -> JSON {
    [
      "team_id": .string(team), "user_id": .string(user), "roles": .string(Role.teamUser.rawValue), "delete_at": 0,
      "scheme_guest": false, "scheme_user": true, "scheme_admin": false, "explicit_roles": "",
    ]
  }

  static func json(of channel: Channel, _ user: String, isModerated: Bool) -> JSON {
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

/// A role, with those of its permissions that a bot has a use for.
private enum Role: String, CaseIterable {
  case systemUser = "system_user"
  case teamUser = "team_user"
  case channelUser = "channel_user"
  /// The role of a channel's own scheme, which on a real server has an id for its name.
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
