extension MattermostClient {
  /// Posts a message, in the thread of `root` or, without one, in the channel itself. `POST /posts`
  ///
  /// `pendingPostID` makes it safe to try again: for 30 seconds the server answers a repetition with the same post.
  public func createPost(
    in channel: String, message: String, root: String? = nil, pendingPostID: String
  ) async throws(MattermostError) -> Post {
    let post = NewPost(channelID: channel, message: message, rootID: root, pendingPostID: pendingPostID)
    return try await identified(
      Post.self,
      .send("POST", "/posts", body: post, repeatTime: Limits.postRepeatTime), \.id)
  }

  /// Shows for some seconds that the bot is typing, in a thread or in the channel itself. `POST /users/{user}/typing`
  public func typing(as bot: String, in channel: String, root: String? = nil) async throws(MattermostError) {
    let body = ["channel_id": channel, "parent_id": root].compactMapValues(\.self)
    // What comes late tells nothing, so it is never sent again.
    _ = try await answer(to: .send("POST", "/users/{user}/typing", bot, body: body, repeatTime: .zero))
  }

  private struct NewPost: Encodable {
    var channelID: String
    var message: String
    var rootID: String?
    var pendingPostID: String

    private enum CodingKeys: String, CodingKey {
      case message
      case channelID = "channel_id"
      case rootID = "root_id"
      case pendingPostID = "pending_post_id"
    }
  }
}
