import Logging
import Transport

extension MattermostClient {
  /// A post. `GET /posts/{post}`
  package func post(_ id: String) async throws(MattermostError) -> Post {
    try await identified(Post.self, .get("/posts/{post}", id), \.id)
  }

  /// The posts of the thread that a post belongs to, in no particular order. `GET /posts/{post}/thread`
  package func thread(of id: String) async throws(MattermostError) -> [Post] {
    Array(try await list(of: .get("/posts/{post}/thread", id), "thread").posts.values)
  }

  /// A page of a channel's posts, without those that were deleted and those that cannot be read. `GET /channels/{channel}/posts`
  ///
  /// Where the server does not know the post that the page lies before or behind, the page is empty.
  package func posts(in channel: String, _ span: PageAnchor) async throws(MattermostError) -> PostPage {
    let size = String(Limits.postsPageMax)
    let route = "/channels/{channel}/posts"
    let call: APIRequest =
      switch span {
      case .newest: .get(route, channel, query: ["per_page": size])
      case .before(let post): .get(route, channel, query: ["before": post, "per_page": size])
      case .after(let post): .get(route, channel, query: ["after": post, "per_page": size])
      }
    let list = try await list(of: call, channel)
    return PostPage(
      posts: list.order.reversed().compactMap { list.posts[$0] }.filter { $0.channelID == channel },
      newest: list.order.first, oldest: list.order.last, isLast: list.order.count < Limits.postsPageMax)
  }

  /// The posts of a channel that changed after a moment (milliseconds since 1970), deleted ones and what edited ones
  /// said before among them, at most the newest 1,000, in no particular order. `GET /channels/{channel}/posts?since=`
  package func posts(in channel: String, since moment: Int64) async throws(MattermostError) -> [Post] {
    let call = APIRequest.get("/channels/{channel}/posts", channel, query: ["since": String(moment)])
    return Array(try await list(of: call, channel).posts.values)
  }

  /// Reads a list of posts, and says which of them it passes over.
  private func list(of call: APIRequest, _ place: String) async throws(MattermostError) -> PostList {
    let answer = try await answer(to: call)
    guard let list = PostList(answer.response.body) else { throw answer.unreadable }
    for post in list.unreadable {
      logger.error("a post cannot be read; it is passed over", metadata: ["post": "\(post)", "in": "\(place)"])
    }
    return list
  }
}

/// Which of a channel's posts a page holds.
package enum PageAnchor: Sendable, Equatable {
  /// The newest of all.
  case newest
  /// The newest that are older than the post of this id.
  case before(String)
  /// The oldest that are newer than the post of this id.
  case after(String)
}

/// A page of a channel's posts.
package struct PostPage: Sendable, Equatable {
  /// The posts that can be read, the oldest first.
  package var posts: [Post]
  /// The id of the newest post on it, whether that can be read or not.
  package var newest: String?
  /// The id of the oldest post on it, whether that can be read or not.
  package var oldest: String?
  /// Whether there is no further page in the same direction.
  package var isLast: Bool

  /// Puts a page together.
  package init(posts: [Post], newest: String? = nil, oldest: String? = nil, isLast: Bool) {
    self.posts = posts
    self.newest = newest ?? posts.last?.id
    self.oldest = oldest ?? posts.first?.id
    self.isLast = isLast
  }
}
