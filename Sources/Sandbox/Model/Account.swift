import Core

/// A user or a bot.
struct Account: Sendable, Equatable {
  let id: String
  var username: String
  let firstName: String
  let isBot: Bool
  let createAt: Int
  /// The time of the last change.
  var updateAt: Int

  init(id: String, username: String, firstName: String, isBot: Bool, createAt: Int) {
    self.id = id
    self.username = username
    self.firstName = firstName
    self.isBot = isBot
    self.createAt = createAt
    updateAt = createAt
  }

  /// The form that other users see.
  var json: JSON { json(isOwn: false) }
  /// The form of `users/me`.
  var ownJSON: JSON { json(isOwn: true) }
  /// The tag of this version, in the recorded form.
  var etag: String { "\(ServerVersion.number).\(id).\(updateAt)..0.true.true.0" }

  private func json(isOwn: Bool) -> JSON {
    var user: JSON = [
      "id": .string(id), "create_at": .int(createAt), "update_at": .int(updateAt), "delete_at": 0,
      "username": .string(username), "auth_data": "", "auth_service": "",
      "email": .string(isBot ? "\(username)@localhost" : "\(username)@example.com"), "nickname": "",
      "first_name": .string(firstName), "last_name": "", "position": "", "roles": "system_user",
    ]
    if isOwn {
      user = user.appending(["notify_props": Self.notifyProps, "last_password_update": .int(createAt)])
    }
    user = user.appending([
      "locale": "en",
      "timezone": ["automaticTimezone": "", "manualTimezone": "", "useAutomaticTimezone": "true"],
    ])
    if isBot { user = user.appending(["is_bot": true, "bot_description": "agent gateway"]) }
    return user.appending(["disable_welcome_email": false])
  }

  private static let notifyProps: JSON = [
    "channel": "true", "comments": "never", "desktop": "mention", "desktop_sound": "true", "desktop_threads": "all",
    "email": "true", "email_threads": "all", "first_name": "false", "mention_keys": "", "push": "mention",
    "push_status": "away", "push_threads": "all",
  ]
}

/// The team of the sandbox.
struct Team: Sendable, Equatable {
  let id: String
  let name: String
  let displayName: String
  let createAt: Int

  var json: JSON {
    [
      "id": .string(id), "create_at": .int(createAt), "update_at": .int(createAt), "delete_at": 0,
      "display_name": .string(displayName), "name": .string(name), "description": "", "email": "", "type": "O",
      "company_name": "", "allowed_domains": "", "invite_id": .string(MattermostID.fixed("invite:\(name)")),
      "allow_open_invite": false, "scheme_id": .null, "group_constrained": .null, "policy_id": .null,
    ]
  }
}
