extension Route {
  static let posts: [Route] = [
    Route(.get, "channels/{channel_id}/posts") { call, world throws(AppError) in
      let channelID = try call.id("channel_id")
      guard await !world.isFailing(channelID, for: call.user) else { throw .failing }
      let page: PostPage
      if let since = call.query["since"] {
        guard let moment = Int(since) else { throw .invalidURL("since") }
        page = try await world.page(of: channelID, since: moment, for: call.user)
        return .ok(page.json)
      }
      page = try await world.page(
        of: channelID, span(of: call), number: min(call.number("page", default: 0), world.postsKeptMax),
        size: min(max(call.number("per_page", default: Limits.postsPageDefault), 1), Limits.postsPageMax),
        for: call.user)
      return .ok(page.json, etag: "\(ServerVersion.number).\(page.updateAt)")
    },
    // An ordinary bot may not, as recorded.
    Route(.post, "posts/ephemeral") { _, _ throws(AppError) in throw .forbidden },
    Route(.post, "posts") { call, world throws(AppError) in
      let body = try call.decoded(PostBody.self, else: "post")
      let posted = try await world.post(
        SandboxState.Draft(
          channelID: body.channelID, message: body.message ?? "", rootID: body.rootID ?? "",
          pendingPostID: body.pendingPostID ?? "", props: body.props ?? [:],
          fileIDs: body.fileIDs ?? []), as: call.user)
      let replies = await world.replyCount(posted.post)
      return .created(
        posted.post.json(replyCount: replies, pending: !posted.isDuplicate, metadata: !posted.isDuplicate))
    },
    Route(.get, "posts/{post_id}") { call, world throws(AppError) in
      let post = try await world.readablePost(try call.id("post_id"), for: call.user)
      return .ok(await world.json(post), etag: "\(ServerVersion.number).\(post.id).\(post.updateAt)")
    },
    Route(.get, "posts/{post_id}/thread") { call, world throws(AppError) in
      let id = try call.id("post_id")
      let page = try await world.thread(of: id, for: call.user)
      return .ok(page.json, etag: "\(ServerVersion.number).\(id).\(id).\(page.updateAt)")
    },
    Route(.put, "posts/{post_id}") { call, world throws(AppError) in
      let id = try call.id("post_id")
      let body = try call.decoded(UpdateBody.self, else: "post")
      guard body.id == id else { throw .invalidURL("id") }
      let post = try await world.update(id, to: body.message ?? "", props: body.props ?? [:], as: call.user)
      return .ok(await world.json(post))
    },
    Route(.put, "posts/{post_id}/patch") { call, world throws(AppError) in
      let id = try call.id("post_id")
      let body = try call.decoded(PatchBody.self, else: "post")
      return .ok(await world.json(try await world.edit(id, to: body.message, as: call.user)))
    },
    Route(.delete, "posts/{post_id}") { call, world throws(AppError) in
      try await world.delete(try call.id("post_id"), as: call.user)
      return .done
    },
  ]

  private static func span(of call: Call) -> SandboxState.Span {
    if let id = call.query["after"], !id.isEmpty { return .after(id) }
    if let id = call.query["before"], !id.isEmpty { return .before(id) }
    return .newest
  }

  private struct PostBody: Decodable {
    let channelID: String
    let message: String?
    let rootID: String?
    let pendingPostID: String?
    /// Of what Mattermost takes as props, texts are enough here.
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
