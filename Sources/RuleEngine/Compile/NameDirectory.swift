/// Which ids the names in a rules file stand for, as the server says.
///
/// Rules match ids, so that whoever takes over a name does not take over its rights.
package struct NameDirectory: Sendable, Equatable {
  /// The id of each user name.
  package var users: [String: String]
  /// The ids of each channel name: several teams may have a channel of one name.
  package var channels: [String: Set<String>]
  /// The id of each team name.
  package var teams: [String: String]

  /// Lists names. Without any, names stand for themselves, as they do in a file's tests.
  package init(
    users: [String: String] = [:], channels: [String: Set<String>] = [:], teams: [String: String] = [:]
  ) {
    self.users = users
    self.channels = channels
    self.teams = teams
  }
}
