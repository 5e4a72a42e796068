package import Core

/// The newest post of a channel up to which all posts were admitted.
package struct ChannelCursor: Sendable, Equatable {
  /// The post; `nil` if only the time is known.
  package var post: PostID?
  /// When the post was written, in milliseconds since 1970 (UTC), by the server's clock.
  package var createAt: Int64

  package init(post: PostID?, createAt: Int64) {
    self.post = post
    self.createAt = createAt
  }
}
