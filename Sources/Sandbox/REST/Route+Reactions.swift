extension Route {
  static let reactions: [Route] = [
    Route(.post, "reactions") { call, world throws(AppError) in
      let body = try call.decoded(ReactionBody.self, else: "reaction")
      guard body.userID == call.user.id else { throw .forbidden }
      return .ok(try await world.react(to: body.postID, with: body.emojiName, as: call.user).json)
    },
    Route(.delete, "users/{user_id}/posts/{post_id}/reactions/{emoji_name}") { call, world throws(AppError) in
      _ = try call.ownUserID()
      try await world.unreact(to: try call.id("post_id"), with: call.path["emoji_name"] ?? "", as: call.user)
      return .done
    },
  ]

  private struct ReactionBody: Decodable {
    let userID: String
    let postID: String
    let emojiName: String

    enum CodingKeys: String, CodingKey {
      case userID = "user_id"
      case postID = "post_id"
      case emojiName = "emoji_name"
    }
  }
}
