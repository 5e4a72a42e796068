extension MattermostClient {
  /// Posts a message, in the thread of `root` or, without one, in the channel itself. `POST /posts`
  ///
  /// For 30 seconds the server answers a repetition with the same `pendingPostID` with the post that it made before.
  /// Nobody can know how long a call was on its way, so it is sent again only where the server has certainly not taken
  /// it; who does not know must look for the post's `mark`, which comes back with it whenever it is read, as does the
  /// `instance` that made it.
  package func createPost(
    in channel: String, message: String, root: String? = nil, mark: String? = nil, instance: String? = nil,
    files: [String] = [],
    pendingPostID: String, priority: RequestPriority = .answer
  ) async throws(MattermostError) -> Post {
    let post = NewPost(
      channelID: channel, message: message, rootID: root, pendingPostID: pendingPostID,
      props: mark.map { mark in
        [Post.Props.markName: mark, Post.Props.instanceName: instance].compactMapValues(\.self)
      }, fileIDs: files.isEmpty ? nil : files)
    return try await identified(
      Post.self, .send("POST", "/posts", body: post, repetition: .untaken, priority: priority), \.id)
  }

  /// Changes a post's text. `PUT /posts/{post}/patch`
  ///
  /// One that only shows more of an answer in the making (`.edit`) is made once or not at all: the next says it all.
  package func edit(
    _ post: String, to message: String, priority: RequestPriority = .answer
  ) async throws(MattermostError) {
    let call = APIRequest.send(
      "PUT", "/posts/{post}/patch", post, body: ["message": message],
      repetition: priority == .edit ? .never : .always, priority: priority)
    _ = try await answer(to: call)
  }

  /// Deletes a post of the bot's own. `DELETE /posts/{post}`
  package func delete(_ post: String) async throws(MattermostError) {
    _ = try await answer(to: .delete("/posts/{post}", post))
  }

  /// The direct channel of two users, made where there is none. `POST /channels/direct`
  package func directChannel(of users: (String, String)) async throws(MattermostError) -> ChannelRecord {
    try await identified(
      ChannelRecord.self, .send("POST", "/channels/direct", body: [users.0, users.1], priority: .answer),
      \.id)
  }

  /// Puts an emoji on a post; the same again changes nothing. `POST /reactions`
  package func react(as bot: String, to post: String, with emoji: String) async throws(MattermostError) {
    let body = ["user_id": bot, "post_id": post, "emoji_name": emoji]
    _ = try await answer(to: .send("POST", "/reactions", body: body, priority: .reaction))
  }

  /// Takes the bot's own emoji off a post. `DELETE /users/{user}/posts/{post}/reactions/{emoji}`
  package func takeBack(_ emoji: String, from post: String, as bot: String) async throws(MattermostError) {
    _ = try await answer(to: .delete("/users/{user}/posts/{post}/reactions/{emoji}", bot, post, emoji))
  }

  /// Shows for some seconds that the bot is typing, in a thread or in the channel itself. `POST /users/{user}/typing`
  package func typing(as bot: String, in channel: String, root: String? = nil) async throws(MattermostError) {
    let body = ["channel_id": channel, "parent_id": root].compactMapValues(\.self)
    let call = APIRequest.send(
      "POST", "/users/{user}/typing", bot, body: body, repetition: .never, priority: .typing)
    _ = try await answer(to: call)
  }

  private struct NewPost: Encodable {
    var channelID: String
    var message: String
    var rootID: String?
    var pendingPostID: String
    var props: [String: String]?
    var fileIDs: [String]?

    private enum CodingKeys: String, CodingKey {
      case message, props
      case channelID = "channel_id"
      case rootID = "root_id"
      case pendingPostID = "pending_post_id"
      case fileIDs = "file_ids"
    }
  }
}
