extension MattermostClient {
  /// Changes a post's text and the mark that it is known by, and returns the post as it is then. `PUT /posts/{post}`
  ///
  /// All other props are lost, and so are its files.
  package func edit(
    _ post: String, to message: String, mark: String, instance: String
  ) async throws(MattermostError) -> Post {
    let body = MarkedPost(
      id: post, message: message, props: [Post.Props.markName: mark, Post.Props.instanceName: instance])
    return try await identified(
      Post.self, .send("PUT", "/posts/{post}", post, body: body, priority: .answer), \.id)
  }

  private struct MarkedPost: Encodable {
    var id: String
    var message: String
    var props: [String: String]
  }
}
