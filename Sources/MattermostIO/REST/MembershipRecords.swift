/// What a user is in one team or channel, as the server tells of it.
package struct MembershipRecord: Sendable, Equatable {
  /// The team's or channel's id.
  package var place: String
  /// The names of the roles that the user has there.
  package var roles: [String]
}

/// A role as the server tells of it.
package struct RoleRecord: Sendable, Equatable {
  /// Its name.
  package var name: String
  /// What it lets its holders do, by Mattermost's names for it.
  package var permissions: [String]
}

private enum Key: String, CodingKey {
  case name, permissions, roles
  case channelID = "channel_id"
  case teamID = "team_id"
}

extension MembershipRecord: Decodable {
  /// Reads a membership; only something that is no JSON object throws.
  package init(from decoder: any Decoder) throws {
    let membership = try decoder.container(keyedBy: Key.self)
    let channel = membership.text(.channelID)
    self.init(place: channel.isEmpty ? membership.text(.teamID) : channel, roles: membership.words(.roles))
  }
}

extension RoleRecord: Decodable {
  /// Reads a role; only something that is no JSON object throws.
  package init(from decoder: any Decoder) throws {
    let role = try decoder.container(keyedBy: Key.self)
    self.init(name: role.text(.name), permissions: role.texts(.permissions))
  }
}
