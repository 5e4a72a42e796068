import Core

extension Route {
  static let users: [Route] = [
    Route(.post, "users/ids") { call, world throws(AppError) in
      let ids = Set(try call.decoded([String].self, else: "user_ids"))
      return .ok(.array(await world.everybody.filter { ids.contains($0.id) }.map(\.json)))
    },
    Route(.post, "users/usernames") { call, world throws(AppError) in
      let names = Set(try call.decoded([String].self, else: "usernames").map { $0.lowercased() })
      return .ok(.array(await world.everybody.filter { names.contains($0.username) }.map(\.json)))
    },
    Route(.post, "users/search") { call, world throws(AppError) in
      let term = try call.decoded([String: String].self, else: "term")["term"]?.lowercased() ?? ""
      guard !term.isEmpty else { throw .invalidBody("term") }
      return .ok(.array(await world.everybody.filter { $0.username.hasPrefix(term) }.map(\.json)))
    },
    Route(.get, "users/username/{username}") { call, world throws(AppError) in
      let name = call.path["username"]?.lowercased()
      guard let user = await world.everybody.first(where: { $0.username == name }) else { throw .usernameMissing }
      return answer(with: user, to: call.user)
    },
    Route(.get, "users/{user_id}") { call, world throws(AppError) in
      guard let user = await world.users[try call.userID()] else { throw .userMissing }
      return answer(with: user, to: call.user)
    },
    Route(.post, "users/{user_id}/typing") { call, world throws(AppError) in
      _ = try call.ownUserID()
      let body = try call.decoded(TypingBody.self, else: "typing_request")
      try await world.typing(call.user, in: body.channelID, threadID: body.parentID ?? "")
      return .done
    },
  ]

  private static func answer(with user: User, to caller: User) -> Answer {
    .ok(user == caller ? user.jsonToThemselves : user.json, etag: user.etag)
  }

  private struct TypingBody: Decodable {
    let channelID: String
    let parentID: String?

    enum CodingKeys: String, CodingKey {
      case channelID = "channel_id"
      case parentID = "parent_id"
    }
  }
}
