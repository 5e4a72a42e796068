import Transport

extension MattermostClient {
  /// The account that the token belongs to. `GET /users/me`
  package func me() async throws(MattermostError) -> UserRecord {
    try await identified(UserRecord.self, .get("/users/me"), \.id)
  }

  /// The teams that the bot is in. `GET /users/me/teams`
  package func teams() async throws(MattermostError) -> [TeamRecord] {
    try await value([TeamRecord].self, of: .get("/users/me/teams"))
  }

  /// The channels of a team that the bot is in, its direct and group channels included.
  /// `GET /users/me/teams/{team}/channels`
  package func channels(ofTeam team: String) async throws(MattermostError) -> [ChannelRecord] {
    try await value([ChannelRecord].self, of: .get("/users/me/teams/{team}/channels", team))
  }

  /// All channels that the bot is in. `GET /users/me/channels`, which servers before 6.1 do not have.
  package func channels() async throws(MattermostError) -> [ChannelRecord] {
    try await value([ChannelRecord].self, of: .get("/users/me/channels"))
  }

  /// A channel. `GET /channels/{channel}`
  package func channel(_ id: String) async throws(MattermostError) -> ChannelRecord {
    try await identified(ChannelRecord.self, .get("/channels/{channel}", id), \.id)
  }

  /// A channel of a team by its name, archived ones included. `GET /teams/{team}/channels/name/{channel}`
  package func channel(named name: String, inTeam team: String) async throws(MattermostError) -> ChannelRecord {
    try await identified(
      ChannelRecord.self, .get("/teams/{team}/channels/name/{channel}", team, name, query: ["include_deleted": "true"]),
      \.id)
  }

  /// Users whose name begins so, or whose first or last name does. `POST /users/search`
  package func users(beginning text: String) async throws(MattermostError) -> [UserRecord] {
    try await value([UserRecord].self, of: .send("POST", "/users/search", body: ["term": text]))
  }

  /// The users of those names; a name that nobody has is left out. `POST /users/usernames`
  package func users(named names: [String]) async throws(MattermostError) -> [UserRecord] {
    try await value([UserRecord].self, of: .send("POST", "/users/usernames", body: names))
  }

  /// The users of those ids; an id that nobody has is left out. `POST /users/ids`
  package func users(ids: [String]) async throws(MattermostError) -> [UserRecord] {
    try await value([UserRecord].self, of: .send("POST", "/users/ids", body: ids))
  }

  /// The server's version, such as `6.7.0`. `GET /system/ping`, whose answer tells it in `X-Version-Id` as any does.
  ///
  /// Empty if a proxy takes the header away.
  package func serverVersion() async throws(MattermostError) -> String {
    try await answer(to: .get("/system/ping")).version
  }

  /// The most Unicode scalars that the server lets a post have; nil where it does not tell, as old ones.
  /// `GET /config/client`
  package func postScalarsMax() async throws(MattermostError) -> Int? {
    do throws(MattermostError) {
      let config = try await value(ClientConfig.self, of: .get("/config/client", query: ["format": "old"]))
      return Int(config.maxPostSize).flatMap { $0 >= Limits.postScalarsMaxLeast ? $0 : nil }
    } catch {
      guard error.code == .notFound || error.code == .forbidden else { throw error }
      return nil
    }
  }

  private struct ClientConfig: Decodable {
    var maxPostSize: String

    private enum Key: String, CodingKey {
      case maxPostSize = "MaxPostSize"
    }

    init(from decoder: any Decoder) throws {
      maxPostSize = try decoder.container(keyedBy: Key.self).text(.maxPostSize)
    }
  }

  /// A record that must have an id: any program can answer with a JSON object.
  func identified<Record: Decodable>(
    _ type: Record.Type, _ call: APIRequest, _ id: KeyPath<Record, String>
  ) async throws(MattermostError) -> Record {
    let answer = try await answer(to: call)
    let record = try answer.value(type)
    guard !record[keyPath: id].isEmpty else { throw answer.error(.notMattermost) }
    return record
  }
}
