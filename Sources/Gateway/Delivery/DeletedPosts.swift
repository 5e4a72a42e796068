import Core
import Synchronization

/// The posts that were deleted lately: they are not answered any more.
final class DeletedPosts: Sendable {
  private let posts = Mutex(FIFOCache<PostID, ContinuousClock.Instant>(keeping: Limits.deletedPostsMax))

  /// Records that a post was deleted, and with it all of its thread.
  func insert(_ post: PostID) { posts.withLock { $0[post] = .now } }

  /// Returns the posts that were deleted since a time.
  func posts(since moment: ContinuousClock.Instant) -> [PostID] {
    posts.withLock { $0.pairs.filter { $0.value >= moment }.map(\.key) }
  }

  func contains(_ post: PostID) -> Bool { posts.withLock { $0[post] != nil } }

  /// Returns the post of a target that was deleted, the question or the root of its thread, or `nil` if neither was.
  func post(in target: ReplyTarget) -> PostID? {
    [target.question?.post, target.root].compactMap(\.self).first(where: contains)
  }
}
