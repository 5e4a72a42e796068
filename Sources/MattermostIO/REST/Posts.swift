package import Core
import Logging
import Transport

extension MattermostClient {
  // MARK: Reading

  /// Returns a post. `GET /posts/{post}`
  package func post(_ id: PostID) async throws(MattermostError) -> Post {
    try await record(Post.self, of: APIRequest(.post, id.rawValue), \.id.rawValue)
  }

  /// Returns the posts of the thread that a post belongs to, in no particular order. `GET /posts/{post}/thread`
  package func thread(of id: PostID) async throws(MattermostError) -> [Post] {
    Array(try await list(of: APIRequest(.thread, id.rawValue), in: "thread").posts.values)
  }

  /// Returns a page of a channel's posts, without deleted ones and those that cannot be decoded.
  /// `GET /channels/{channel}/posts`
  ///
  /// The page is empty if the server does not know the post of the anchor.
  package func posts(in channel: ChannelID, _ anchor: PageAnchor) async throws(MattermostError) -> PostPage {
    let size = String(Limits.postsPageMax)
    let request =
      switch anchor {
      case .newest: APIRequest(.channelPosts, channel.rawValue, query: ["per_page": size])
      case .before(let post):
        APIRequest(.channelPosts, channel.rawValue, query: ["before": post.rawValue, "per_page": size])
      case .after(let post):
        APIRequest(.channelPosts, channel.rawValue, query: ["after": post.rawValue, "per_page": size])
      }
    let list = try await list(of: request, in: channel.rawValue)
    return PostPage(
      posts: list.order.reversed().compactMap { list.posts[$0] }.filter { $0.channelID == channel },
      newest: list.order.first, oldest: list.order.last, isLast: list.order.count < Limits.postsPageMax)
  }

  /// Returns the posts of a channel that have changed since a time in milliseconds since 1970 (UTC), at most the newest
  /// 1,000, in no particular order. `GET /channels/{channel}/posts?since=`
  ///
  /// They include deleted posts, and the earlier versions of edited ones.
  package func posts(in channel: ChannelID, since milliseconds: Int64) async throws(MattermostError) -> [Post] {
    let request = APIRequest(.channelPosts, channel.rawValue, query: ["since": String(milliseconds)])
    return Array(try await list(of: request, in: channel.rawValue).posts.values)
  }

  private func list(of request: APIRequest, in source: String) async throws(MattermostError) -> PostList {
    let response = try await send(request)
    guard let list = PostList(response.response.body) else { throw response.unreadable }
    for post in list.unreadable {
      logger.error("a post cannot be read and is skipped", metadata: ["post": "\(post)", "in": "\(source)"])
    }
    return list
  }

  // MARK: Writing

  /// Creates a post in the thread of `root`, or in the channel if that is `nil`. `POST /posts`
  ///
  /// Within 30 seconds, the server answers a repetition with the same `pendingPostID` with the post that it has
  /// created. The time that a request was on its way is unknown, so it is sent again only if the server has certainly
  /// not processed it. If that is unknown, look for the post's `mark`, which is returned whenever it is read, together
  /// with `instance`.
  ///
  /// - Parameters:
  ///   - mark: A name for the post, stored in its props.
  ///   - instance: The run of the gateway that creates it, stored beside the mark.
  ///   - files: The ids of uploaded files.
  package func createPost(
    in channel: ChannelID, message: String, root: PostID? = nil, mark: String? = nil, instance: String? = nil,
    files: [String] = [], pendingPostID: String, priority: RequestPriority = .answer
  ) async throws(MattermostError) -> Post {
    let post = JSON.object(
      present: [
        "channel_id": .string(channel.rawValue), "message": .string(message),
        "root_id": root.map { .string($0.rawValue) }, "pending_post_id": .string(pendingPostID),
        "props": mark.map { props(mark: $0, instance: instance) },
        "file_ids": files.isEmpty ? nil : .array(files.map { .string($0) }),
      ])
    return try await record(
      Post.self, of: APIRequest(.createPost, json: post, retries: .ifUnprocessed, priority: priority),
      \.id.rawValue)
  }

  /// Changes the text of a post. `PUT /posts/{post}/patch`
  ///
  /// With the priority `.edit` it is sent at most once, because the next edit replaces it.
  package func edit(
    _ post: PostID, to message: String, priority: RequestPriority = .answer
  ) async throws(MattermostError) {
    try await send(
      APIRequest(
        .patchPost, post.rawValue, json: ["message": .string(message)], retries: priority == .edit ? .never : .always,
        priority: priority))
  }

  /// Changes the text and the mark of a post, and returns the changed post. `PUT /posts/{post}`
  ///
  /// The post loses its files and all other props.
  package func edit(
    _ post: PostID, to message: String, mark: String, instance: String
  ) async throws(MattermostError) -> Post {
    let body: JSON = [
      "id": .string(post.rawValue), "message": .string(message), "props": props(mark: mark, instance: instance),
    ]
    return try await record(
      Post.self, of: APIRequest(.updatePost, post.rawValue, json: body, priority: .answer), \.id.rawValue)
  }

  /// Deletes a post of the bot. `DELETE /posts/{post}`
  package func delete(_ post: PostID) async throws(MattermostError) {
    try await send(APIRequest(.deletePost, post.rawValue, priority: .reaction))
  }

  /// Adds a reaction to a post. Adding it again has no effect. `POST /reactions`
  package func react(as bot: UserID, to post: PostID, with emoji: String) async throws(MattermostError) {
    let body: JSON = [
      "user_id": .string(bot.rawValue), "post_id": .string(post.rawValue), "emoji_name": .string(emoji),
    ]
    try await send(APIRequest(.createReaction, json: body, priority: .reaction))
  }

  /// Removes a reaction of the bot. `DELETE /users/{user}/posts/{post}/reactions/{emoji}`
  package func removeReaction(_ emoji: String, from post: PostID, as bot: UserID) async throws(MattermostError) {
    try await send(APIRequest(.deleteReaction, bot.rawValue, post.rawValue, emoji, priority: .reaction))
  }

  /// Shows for some seconds that the bot is typing, in a thread or in the channel. `POST /users/{user}/typing`
  package func typing(as bot: UserID, in channel: ChannelID, root: PostID? = nil) async throws(MattermostError) {
    let body = JSON.object(
      present: ["channel_id": .string(channel.rawValue), "parent_id": root.map { .string($0.rawValue) }])
    try await send(APIRequest(.showTyping, bot.rawValue, json: body, retries: .never, priority: .typing))
  }

  private func props(mark: String, instance: String?) -> JSON {
    .object(present: [Post.Props.markName: .string(mark), Post.Props.instanceName: instance.map { .string($0) }])
  }
}

/// The position of a page in the posts of a channel.
package enum PageAnchor: Sendable, Equatable {
  /// The newest posts.
  case newest
  /// The newest posts before a post.
  case before(PostID)
  /// The oldest posts after a post.
  case after(PostID)
}

/// A page of a channel's posts.
package struct PostPage: Sendable, Equatable {
  /// The posts that could be decoded, the oldest first.
  package var posts: [Post]
  /// The ids of the newest and the oldest post of the page, including posts that could not be decoded.
  package var newest: PostID?
  package var oldest: PostID?
  /// True if there is no further page in the same direction.
  package var isLast: Bool

  package init(posts: [Post], newest: PostID? = nil, oldest: PostID? = nil, isLast: Bool) {
    self.posts = posts
    self.newest = newest ?? posts.last?.id
    self.oldest = oldest ?? posts.first?.id
    self.isLast = isLast
  }
}
