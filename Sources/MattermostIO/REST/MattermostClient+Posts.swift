extension MattermostClient {
  /// A post. `GET /posts/{post}`
  public func post(_ id: String) async throws(MattermostError) -> Post {
    try await identified(Post.self, .get("/posts/{post}", id), \.id)
  }

  /// The posts of the thread that a post belongs to, in no particular order. `GET /posts/{post}/thread`
  public func thread(of id: String) async throws(MattermostError) -> [Post] {
    Array(try await value(PostList.self, of: .get("/posts/{post}/thread", id)).posts.values)
  }

  private struct PostList: Decodable {
    var posts: [String: Post]
  }
}
