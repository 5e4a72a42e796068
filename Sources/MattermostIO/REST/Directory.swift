package import Core

// Users, teams, channels and roles.

extension MattermostClient {
  // MARK: Users

  /// Returns the account of the token. `GET /users/me`
  package func me() async throws(MattermostError) -> UserRecord {
    try await record(UserRecord.self, of: APIRequest(.me), \.id.rawValue)
  }

  /// Returns the users whose user name, first name or last name begins with a text. `POST /users/search`
  package func users(beginning text: String) async throws(MattermostError) -> [UserRecord] {
    try await value([UserRecord].self, of: APIRequest(.searchUsers, json: ["term": .string(text)]))
  }

  /// Returns the users with these user names; unknown names are left out. `POST /users/usernames`
  package func users(named names: [String]) async throws(MattermostError) -> [UserRecord] {
    try await value([UserRecord].self, of: APIRequest(.usersByName, json: .array(names.map { .string($0) })))
  }

  /// Returns the users with these ids; unknown ids are left out. `POST /users/ids`
  package func users(ids: [UserID]) async throws(MattermostError) -> [UserRecord] {
    try await value([UserRecord].self, of: APIRequest(.usersByID, json: .array(ids.map { .string($0.rawValue) })))
  }

  // MARK: Teams and channels

  /// Returns the teams of the bot. `GET /users/me/teams`
  package func teams() async throws(MattermostError) -> [TeamRecord] {
    try await value([TeamRecord].self, of: APIRequest(.myTeams))
  }

  /// Returns all channels of the bot. `GET /users/me/channels`, which servers before 6.1 lack.
  package func channels() async throws(MattermostError) -> [ChannelRecord] {
    try await value([ChannelRecord].self, of: APIRequest(.myChannels))
  }

  /// Returns the channels of the bot in a team, and its direct and group channels.
  /// `GET /users/me/teams/{team}/channels`
  package func channels(ofTeam team: TeamID) async throws(MattermostError) -> [ChannelRecord] {
    try await value([ChannelRecord].self, of: APIRequest(.myTeamChannels, team.rawValue))
  }

  /// Returns a channel. `GET /channels/{channel}`
  package func channel(_ id: ChannelID) async throws(MattermostError) -> ChannelRecord {
    try await record(ChannelRecord.self, of: APIRequest(.channel, id.rawValue), \.id.rawValue)
  }

  /// Returns a channel of a team by its name, even if it is archived. `GET /teams/{team}/channels/name/{channel}`
  package func channel(named name: String, inTeam team: TeamID) async throws(MattermostError) -> ChannelRecord {
    let request = APIRequest(.channelByName, team.rawValue, name, query: ["include_deleted": "true"])
    return try await record(ChannelRecord.self, of: request, \.id.rawValue)
  }

  /// Returns the direct channel of two users, and creates it if necessary. `POST /channels/direct`
  package func directChannel(of users: (UserID, UserID)) async throws(MattermostError) -> ChannelRecord {
    let request = APIRequest(
      .createDirectChannel, json: [.string(users.0.rawValue), .string(users.1.rawValue)], priority: .answer)
    return try await record(ChannelRecord.self, of: request, \.id.rawValue)
  }

  // MARK: Roles

  /// Returns the bot's roles in its teams. `GET /users/me/teams/members`
  package func teamMemberships() async throws(MattermostError) -> [MembershipRecord] {
    try await value([MembershipRecord].self, of: APIRequest(.myTeamMemberships))
  }

  /// Returns the bot's roles in its channels of a team, and in its direct and group channels.
  /// `GET /users/me/teams/{team}/channels/members`
  package func channelMemberships(ofTeam team: TeamID) async throws(MattermostError) -> [MembershipRecord] {
    try await value([MembershipRecord].self, of: APIRequest(.myChannelMemberships, team.rawValue))
  }

  /// Returns the roles with these names; unknown names are left out. `POST /roles/names`
  package func roles(named names: [String]) async throws(MattermostError) -> [RoleRecord] {
    try await value([RoleRecord].self, of: APIRequest(.rolesByName, json: .array(names.map { .string($0) })))
  }
}
