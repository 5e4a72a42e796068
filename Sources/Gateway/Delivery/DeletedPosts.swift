import Synchronization

/// The posts that were deleted lately: nothing is said about them any more.
final class DeletedPosts: Sendable {
  private let posts = Mutex(FIFOCache<Void>(keeping: Limits.deletedPostsMax))

  /// Notes that a post was deleted, and with it all of its thread.
  func note(_ post: String) { posts.withLock { $0[post] = () } }

  /// Whether a post was deleted lately.
  func has(_ post: String) -> Bool { posts.withLock { $0[post] != nil } }

  /// The post of a target that was deleted: the one that is answered, or the root of its thread; nil where neither was.
  func post(in target: ReplyTarget) -> String? {
    posts.withLock { posts in
      [target.asked?.post, target.root].compactMap(\.self).first { posts[$0] != nil }
    }
  }
}
