extension MattermostClient {
  /// A post. `GET /posts/{post}`
  public func post(_ id: String) async throws(MattermostError) -> Post {
    try await identified(Post.self, .get("/posts/{post}", id), \.id)
  }

  /// The posts of the thread that a post belongs to, in no particular order. `GET /posts/{post}/thread`
  public func thread(of id: String) async throws(MattermostError) -> [Post] {
    Array(try await value(PostList.self, of: .get("/posts/{post}/thread", id)).posts.values)
  }

  /// The posts of a channel that changed after a moment (milliseconds since 1970), deleted ones and what edited ones
  /// said before among them, at most the newest 1,000, in no particular order. `GET /channels/{channel}/posts?since=`
  public func posts(in channel: String, since moment: Int64) async throws(MattermostError) -> [Post] {
    let call = RestCall.get("/channels/{channel}/posts", channel, query: ["since": "\(moment)"])
    return Array(try await value(PostList.self, of: call).posts.values)
  }

  private struct PostList: Decodable {
    var posts: [String: Post]
  }
}
