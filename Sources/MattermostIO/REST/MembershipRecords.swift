/// What a user is in one team or channel, as the server tells of it.
public struct MembershipRecord: Sendable, Equatable {
  /// The team's or channel's id.
  public var place: String
  /// The names of the roles that the user has there.
  public var roles: [String]
}

/// A role as the server tells of it.
public struct RoleRecord: Sendable, Equatable {
  /// Its name.
  public var name: String
  /// What it lets its holders do, by Mattermost's names for it.
  public var permissions: [String]
}

private enum Key: String, CodingKey {
  case name, permissions, roles
  case channelID = "channel_id"
  case teamID = "team_id"
}

extension MembershipRecord: Decodable {
  /// Reads a membership; only something that is no JSON object throws.
  public init(from decoder: any Decoder) throws {
    let membership = try decoder.container(keyedBy: Key.self)
    let channel = membership.text(.channelID)
    self.init(place: channel.isEmpty ? membership.text(.teamID) : channel, roles: membership.words(.roles))
  }
}

extension RoleRecord: Decodable {
  /// Reads a role; only something that is no JSON object throws.
  public init(from decoder: any Decoder) throws {
    let role = try decoder.container(keyedBy: Key.self)
    self.init(name: role.text(.name), permissions: role.texts(.permissions))
  }
}
