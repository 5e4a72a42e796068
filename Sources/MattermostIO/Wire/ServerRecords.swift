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

// MARK: Decoding, which fails only for values that are not JSON objects

extension UserRecord: WireDecodable {
  init?(_ json: WireJSON) {
    guard json.isObject else { return nil }
    self.init(
      id: UserID(json["id"].text), username: json["username"].text, isBot: json["is_bot"].flag,
      deleteAt: json["delete_at"].integer, roles: json["roles"].words)
  }
}

extension TeamRecord: WireDecodable {
  init?(_ json: WireJSON) {
    guard json.isObject else { return nil }
    self.init(id: TeamID(json["id"].text), name: json["name"].text, displayName: json["display_name"].text)
  }
}

extension ChannelRecord: WireDecodable {
  init?(_ json: WireJSON) {
    guard json.isObject else { return nil }
    self.init(
      id: ChannelID(json["id"].text), teamID: TeamID(nonEmpty: json["team_id"].text), type: json["type"].text,
      name: json["name"].text, displayName: json["display_name"].text, deleteAt: json["delete_at"].integer,
      lastPostAt: json["last_post_at"].integer)
  }
}

extension MembershipRecord: WireDecodable {
  init?(_ json: WireJSON) {
    guard json.isObject else { return nil }
    let channel = ChannelID(nonEmpty: json["channel_id"].text)
    self.init(
      scope: channel.map { .channel($0) } ?? .team(TeamID(json["team_id"].text)), roles: json["roles"].words)
  }
}

extension RoleRecord: WireDecodable {
  init?(_ json: WireJSON) {
    guard json.isObject else { return nil }
    self.init(name: json["name"].text, permissions: json["permissions"].strings)
  }
}

/// The info of a file, as in a post's metadata and in the response to an upload.
struct FileRecord: WireDecodable {
  var id: String
  var name: String
  var mediaType: String
  var size: Int

  init?(_ json: WireJSON) {
    guard json.isObject else { return nil }
    id = json["id"].text
    name = json["name"].text
    // Without parameters, such as a character set (RFC 9110, section 8.3.1).
    mediaType = String(json["mime_type"].text.prefix { $0 != ";" }).lowercased()
    size = Int(clamping: max(0, json["size"].integer))
  }

  var file: AttachedFile { AttachedFile(id: id, name: name, mediaType: mediaType, size: size) }
}
