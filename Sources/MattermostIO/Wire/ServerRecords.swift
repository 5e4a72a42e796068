package import Core

/// A user account.
package struct UserRecord: Sendable, Equatable {
  package var id: UserID
  /// The user name without `@`.
  package var username: String
  /// True if it is the account of a bot; `false` if an old server does not report it.
  package var isBot: Bool
  /// The time at which the account was disabled, in milliseconds since 1970 (UTC); 0 if it is active.
  package var deleteAt: Int64
  /// The names of the roles on the whole server.
  package var roles: [String]

  package init(id: UserID, username: String, isBot: Bool = false, deleteAt: Int64 = 0, roles: [String] = []) {
    self.id = id
    self.username = username
    self.isBot = isBot
    self.deleteAt = deleteAt
    self.roles = roles
  }
}

package struct TeamRecord: Sendable, Equatable {
  package var id: TeamID
  /// The name in URLs.
  package var name: String
  package var displayName: String

  package init(id: TeamID, name: String, displayName: String = "") {
    self.id = id
    self.name = name
    self.displayName = displayName
  }
}

package struct ChannelRecord: Sendable, Equatable {
  package var id: ChannelID
  /// The team; `nil` for direct and group channels.
  package var teamID: TeamID?
  /// `O` public, `P` private, `D` direct, `G` group.
  package var type: String
  /// The name in URLs.
  package var name: String
  package var displayName: String
  /// The time at which it was archived, in milliseconds since 1970 (UTC); 0 if it was not.
  package var deleteAt: Int64
  /// The time of the last post, in milliseconds since 1970 (UTC); 0 if there is none.
  package var lastPostAt: Int64

  package init(
    id: ChannelID, teamID: TeamID?, type: String, name: String, displayName: String = "", deleteAt: Int64 = 0,
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

  /// The channel of an event.
  package var channel: Channel { Channel(id: id, name: name, kind: ChannelKind(wire: type)) }
}

/// The roles of a user in a team or a channel.
package struct MembershipRecord: Sendable, Equatable {
  package var scope: Scope
  /// The names of the roles.
  package var roles: [String]

  package enum Scope: Sendable, Hashable {
    case channel(ChannelID)
    case team(TeamID)
  }
}

package struct RoleRecord: Sendable, Equatable {
  package var name: String
  /// Mattermost's names of the permissions that the role grants.
  package var permissions: [String]
}

private enum Key: String, CodingKey {
  case id, username, name, type, roles, permissions
  case isBot = "is_bot"
  case deleteAt = "delete_at"
  case teamID = "team_id"
  case channelID = "channel_id"
  case displayName = "display_name"
  case lastPostAt = "last_post_at"
}

// Decoding fails only for values that are not JSON objects.

extension UserRecord: Decodable {
  package init(from decoder: any Decoder) throws {
    let user = try decoder.container(keyedBy: Key.self)
    self.init(
      id: user.id(.id), username: user.text(.username), isBot: user.flag(.isBot), deleteAt: user.integer(.deleteAt),
      roles: user.words(.roles))
  }
}

extension TeamRecord: Decodable {
  package init(from decoder: any Decoder) throws {
    let team = try decoder.container(keyedBy: Key.self)
    self.init(id: team.id(.id), name: team.text(.name), displayName: team.text(.displayName))
  }
}

extension ChannelRecord: Decodable {
  package init(from decoder: any Decoder) throws {
    let channel = try decoder.container(keyedBy: Key.self)
    self.init(
      id: channel.id(.id), teamID: channel.optionalID(.teamID), type: channel.text(.type), name: channel.text(.name),
      displayName: channel.text(.displayName), deleteAt: channel.integer(.deleteAt),
      lastPostAt: channel.integer(.lastPostAt))
  }
}

extension MembershipRecord: Decodable {
  package init(from decoder: any Decoder) throws {
    let membership = try decoder.container(keyedBy: Key.self)
    let channel: ChannelID? = membership.optionalID(.channelID)
    self.init(
      scope: channel.map { .channel($0) } ?? .team(membership.id(.teamID)), roles: membership.words(.roles))
  }
}

extension RoleRecord: Decodable {
  package init(from decoder: any Decoder) throws {
    let role = try decoder.container(keyedBy: Key.self)
    self.init(name: role.text(.name), permissions: role.texts(.permissions))
  }
}

/// The info of a file, as in a post's metadata and in the response to an upload.
struct FileRecord: Decodable {
  var id: String
  var name: String
  var mediaType: String
  var size: Int

  private enum Key: String, CodingKey {
    case id, name, size
    case mediaType = "mime_type"
  }

  init(from decoder: any Decoder) throws {
    let file = try decoder.container(keyedBy: Key.self)
    id = file.text(.id)
    name = file.text(.name)
    // Without parameters, such as a character set (RFC 9110, section 8.3.1).
    mediaType = String(file.text(.mediaType).prefix { $0 != ";" }).lowercased()
    size = Int(clamping: max(0, file.integer(.size)))
  }

  var file: AttachedFile { AttachedFile(id: id, name: name, mediaType: mediaType, size: size) }
}
