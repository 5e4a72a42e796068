import Core

/// A person or a bot.
struct User: Sendable, Equatable {
  let id: String
  var username: String
  let firstName: String
  let isBot: Bool
  let createAt: Int
  /// When the account changed last.
  var updateAt: Int

  init(id: String, username: String, firstName: String, isBot: Bool, createAt: Int) {
    self.id = id
    self.username = username
    self.firstName = firstName
    self.isBot = isBot
    self.createAt = createAt
    updateAt = createAt
  }

  /// As other users see it.
  var json: JSON { json(toThemselves: false) }
  /// As `users/me` answers.
  var jsonToThemselves: JSON { json(toThemselves: true) }
  /// Changes when the user does; the form is the recorded one.
  var etag: String { "\(ServerVersion.number).\(id).\(updateAt)..0.true.true.0" }

  private func json(toThemselves: Bool) -> JSON {
    var user: JSON = [
      "id": .string(id), "create_at": .int(createAt), "update_at": .int(updateAt), "delete_at": 0,
      "username": .string(username), "auth_data": "", "auth_service": "",
      "email": .string(isBot ? "\(username)@localhost" : "\(username)@example.com"), "nickname": "",
      "first_name": .string(firstName), "last_name": "", "position": "", "roles": "system_user",
    ]
    if toThemselves {
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
