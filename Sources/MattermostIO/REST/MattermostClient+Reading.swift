import Transport

extension MattermostClient {
  /// The account that the token belongs to. `GET /users/me`
  public func me() async throws(MattermostError) -> UserRecord {
    try await identified(UserRecord.self, .get("/users/me"), \.id)
  }

  /// The teams that the bot is in. `GET /users/me/teams`
  public func teams() async throws(MattermostError) -> [TeamRecord] {
    try await value([TeamRecord].self, of: .get("/users/me/teams"))
  }

  /// The channels of a team that the bot is in, its direct and group channels included.
  /// `GET /users/me/teams/{team}/channels`
  public func channels(ofTeam team: String) async throws(MattermostError) -> [ChannelRecord] {
    try await value([ChannelRecord].self, of: .get("/users/me/teams/{team}/channels", team))
  }

  /// All channels that the bot is in. `GET /users/me/channels`, which servers before 6.1 do not have.
  public func channels() async throws(MattermostError) -> [ChannelRecord] {
    try await value([ChannelRecord].self, of: .get("/users/me/channels"))
  }

  /// A channel. `GET /channels/{channel}`
  public func channel(_ id: String) async throws(MattermostError) -> ChannelRecord {
    try await identified(ChannelRecord.self, .get("/channels/{channel}", id), \.id)
  }

  /// The users of those names; a name that nobody has is left out. `POST /users/usernames`
  public func users(named names: [String]) async throws(MattermostError) -> [UserRecord] {
    try await value([UserRecord].self, of: .send("POST", "/users/usernames", body: names))
  }

  /// The users of those ids; an id that nobody has is left out. `POST /users/ids`
  public func users(ids: [String]) async throws(MattermostError) -> [UserRecord] {
    try await value([UserRecord].self, of: .send("POST", "/users/ids", body: ids))
  }

  /// The server's version, such as `6.7.0`. `GET /system/ping`, whose answer tells it in `X-Version-Id` as any does.
  ///
  /// Empty if a proxy takes the header away.
  public func serverVersion() async throws(MattermostError) -> String {
    let header = try await answer(to: .get("/system/ping")).response.headers["X-Version-Id"] ?? ""
    return header.split(separator: ".", omittingEmptySubsequences: false).prefix(3).joined(separator: ".")
  }

  /// A record that must have an id: any program can answer with a JSON object.
  func identified<Record: Decodable>(
    _ type: Record.Type, _ call: RestCall, _ id: KeyPath<Record, String>
  ) async throws(MattermostError) -> Record {
    let answer = try await answer(to: call)
    let record = try answer.value(type)
    guard !record[keyPath: id].isEmpty else { throw answer.error(.notMattermost) }
    return record
  }
}
