package import Core

/// A user account as the server tells of it.
package struct UserRecord: Sendable, Equatable {
  /// The user's id.
  package var id: String
  /// The user's name without `@`.
  package var username: String
  /// Whether the account is a bot's; older servers do not say.
  package var isBot: Bool
  /// When the account was disabled, in milliseconds since 1970 (UTC); 0 if it was not.
  package var deleteAt: Int64
  /// The names of the roles that the user has everywhere on the server.
  package var roles: [String]

  /// Puts a user together.
  package init(id: String, username: String, isBot: Bool = false, deleteAt: Int64 = 0, roles: [String] = []) {
    self.id = id
    self.username = username
    self.isBot = isBot
    self.deleteAt = deleteAt
    self.roles = roles
  }
}

/// A team as the server tells of it.
package struct TeamRecord: Sendable, Equatable {
  /// The team's id.
  package var id: String
  /// Its name in links.
  package var name: String
  /// Its name as people read it.
  package var displayName: String

  /// Puts a team together.
  package init(id: String, name: String, displayName: String = "") {
    self.id = id
    self.name = name
    self.displayName = displayName
  }
}

/// A channel as the server tells of it.
package struct ChannelRecord: Sendable, Equatable {
  /// The channel's id.
  package var id: String
  /// The team's id; empty in direct and group channels.
  package var teamID: String
  /// `O` public, `P` private, `D` direct, `G` group.
  package var type: String
  /// Its name in links.
  package var name: String
  /// Its name as people read it.
  package var displayName: String
  /// When it was archived, in milliseconds since 1970 (UTC); 0 if it was not.
  package var deleteAt: Int64
  /// When something was last posted in it, in milliseconds since 1970 (UTC); 0 if nothing was.
  package var lastPostAt: Int64

  /// Puts a channel together.
  package init(
    id: String, teamID: String, type: String, name: String, displayName: String = "", deleteAt: Int64 = 0,
    lastPostAt: Int64 = 0
  ) {
    self.id = id
    self.teamID = teamID
    self.type = type
    self.name = name
    self.displayName = displayName
    self.deleteAt = deleteAt
    self.lastPostAt = lastPostAt
  }

  /// What an event says of it.
  package var channel: Channel { Channel(id: id, name: name, kind: ChannelKind(wire: type)) }
}

private enum Key: String, CodingKey {
  case id, username, name, type, roles
  case isBot = "is_bot"
  case deleteAt = "delete_at"
  case teamID = "team_id"
  case displayName = "display_name"
  case lastPostAt = "last_post_at"
}

extension UserRecord: Decodable {
  /// Reads a user; only something that is no JSON object throws.
  package init(from decoder: any Decoder) throws {
    let user = try decoder.container(keyedBy: Key.self)
    self.init(
      id: user.text(.id), username: user.text(.username), isBot: user.flag(.isBot), deleteAt: user.integer(.deleteAt),
      roles: user.words(.roles))
  }
}

extension TeamRecord: Decodable {
  /// Reads a team; only something that is no JSON object throws.
  package init(from decoder: any Decoder) throws {
    let team = try decoder.container(keyedBy: Key.self)
    self.init(id: team.text(.id), name: team.text(.name), displayName: team.text(.displayName))
  }
}

extension ChannelRecord: Decodable {
  /// Reads a channel; only something that is no JSON object throws.
  package init(from decoder: any Decoder) throws {
    let channel = try decoder.container(keyedBy: Key.self)
    self.init(
      id: channel.text(.id), teamID: channel.text(.teamID), type: channel.text(.type), name: channel.text(.name),
      displayName: channel.text(.displayName), deleteAt: channel.integer(.deleteAt),
      lastPostAt: channel.integer(.lastPostAt))
  }
}
