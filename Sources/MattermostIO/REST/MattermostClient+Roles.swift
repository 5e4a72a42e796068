extension MattermostClient {
  /// What the bot is in each of its teams. `GET /users/me/teams/members`
  package func teamMemberships() async throws(MattermostError) -> [MembershipRecord] {
    try await value([MembershipRecord].self, of: .get("/users/me/teams/members"))
  }

  /// What the bot is in its channels of a team, its direct and group channels included.
  /// `GET /users/me/teams/{team}/channels/members`
  package func channelMemberships(ofTeam team: String) async throws(MattermostError) -> [MembershipRecord] {
    try await value([MembershipRecord].self, of: .get("/users/me/teams/{team}/channels/members", team))
  }

  /// The roles of those names; a name that no role has is left out. `POST /roles/names`
  package func roles(named names: [String]) async throws(MattermostError) -> [RoleRecord] {
    try await value([RoleRecord].self, of: .send("POST", "/roles/names", body: names))
  }
}
