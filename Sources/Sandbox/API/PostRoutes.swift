import Core

extension Route {
  static let posts: [Route] = [
    Route(.get, "channels/{channel_id}/posts") { call, state throws(AppError) in
      let channelID = try call.id("channel_id")
      guard await !state.isFailing(channelID, for: call.user) else { throw .failing }
      let page: PostListBody
      if let since = call.query["since"] {
        guard let moment = Int(since) else { throw .invalidURL("since") }
        page = try await state.page(of: channelID, since: moment, for: call.user)
        return .ok(page.json)
      }
      page = try await state.page(
        of: channelID, span(of: call), number: min(call.number("page", default: 0), state.postsKeptMax),
        size: min(max(call.number("per_page", default: Limits.postsPageDefault), 1), Limits.postsPageMax),
        for: call.user)
      return .ok(page.json, etag: "\(ServerVersion.number).\(page.updateAt)")
    },
    // Forbidden to an ordinary bot, as recorded.
    Route(.post, "posts/ephemeral") { _, _ throws(AppError) in throw .forbidden },
    Route(.post, "posts") { call, state throws(AppError) in
      let body = try call.decoded(PostBody.self, else: "post")
      let posted = try await state.post(
        SandboxState.Draft(
          channelID: body.channelID, message: body.message ?? "", rootID: body.rootID ?? "",
          pendingPostID: body.pendingPostID ?? "", props: body.props ?? [:],
          fileIDs: body.fileIDs ?? []), as: call.user)
      let replies = await state.replyCount(posted.post)
      return .created(
        posted.post.json(replyCount: replies, pending: !posted.isDuplicate, metadata: !posted.isDuplicate))
    },
    Route(.get, "posts/{post_id}") { call, state throws(AppError) in
      let post = try await state.readablePost(try call.id("post_id"), for: call.user)
      return .ok(await state.json(post), etag: "\(ServerVersion.number).\(post.id).\(post.updateAt)")
    },
    Route(.get, "posts/{post_id}/thread") { call, state throws(AppError) in
      let id = try call.id("post_id")
      let page = try await state.thread(of: id, for: call.user)
      return .ok(page.json, etag: "\(ServerVersion.number).\(id).\(id).\(page.updateAt)")
    },
    Route(.put, "posts/{post_id}") { call, state throws(AppError) in
      let id = try call.id("post_id")
      let body = try call.decoded(UpdateBody.self, else: "post")
      guard body.id == id else { throw .invalidURL("id") }
      let post = try await state.update(id, to: body.message ?? "", props: body.props ?? [:], as: call.user)
      return .ok(await state.json(post))
    },
    Route(.put, "posts/{post_id}/patch") { call, state throws(AppError) in
      let id = try call.id("post_id")
      let body = try call.decoded(PatchBody.self, else: "post")
      return .ok(await state.json(try await state.edit(id, to: body.message, as: call.user)))
    },
    Route(.delete, "posts/{post_id}") { call, state throws(AppError) in
      try await state.delete(try call.id("post_id"), as: call.user)
      return .done
    },
  ]

  private static func span(of call: APICall) -> SandboxState.Span {
    if let id = call.query["after"], !id.isEmpty { return .after(id) }
    if let id = call.query["before"], !id.isEmpty { return .before(id) }
    return .newest
  }

  private struct PostBody: Decodable {
    let channelID: String
    let message: String?
    let rootID: String?
    let pendingPostID: String?
    /// Mattermost accepts any JSON as props; texts suffice here.
    let props: [String: String]?
    let fileIDs: [String]?

    enum CodingKeys: String, CodingKey {
      case message, props
      case channelID = "channel_id"
      case rootID = "root_id"
      case pendingPostID = "pending_post_id"
      case fileIDs = "file_ids"
    }
  }

  private struct UpdateBody: Decodable {
    let id: String
    let message: String?
    let props: [String: String]?
  }

  private struct PatchBody: Decodable {
    let message: String?
  }
}

extension Route {
  static let files: [Route] = [
    // The form without multipart, as the API reference has it. The recorded answer is that of the other form.
    Route(.post, "files") { call, state throws(AppError) in
      let file = try await state.upload(
        call.body, named: call.query["filename"] ?? "", to: call.query["channel_id"] ?? "", by: call.user)
      return .created(["file_infos": [file.json()], "client_ids": []])
    },
    Route(.get, "files/{file_id}") { call, state throws(AppError) in
      .file(try await state.file(try call.id("file_id"), for: call.user).file)
    },
    Route(.get, "files/{file_id}/info") { call, state throws(AppError) in
      let (file, postID) = try await state.file(try call.id("file_id"), for: call.user)
      return .ok(file.json(in: postID))
    },
  ]
}

extension Route {
  static let reactions: [Route] = [
    Route(.post, "reactions") { call, state throws(AppError) in
      let body = try call.decoded(ReactionBody.self, else: "reaction")
      guard body.userID == call.user.id else { throw .forbidden }
      return .ok(try await state.react(to: body.postID, with: body.emojiName, as: call.user).json)
    },
    Route(.delete, "users/{user_id}/posts/{post_id}/reactions/{emoji_name}") { call, state throws(AppError) in
      _ = try call.ownUserID()
      try await state.unreact(to: try call.id("post_id"), with: call.path["emoji_name"] ?? "", as: call.user)
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
