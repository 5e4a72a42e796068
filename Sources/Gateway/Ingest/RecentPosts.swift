import Core
import MattermostIO
import Sessions

/// The latest posts: to skip posts that arrive twice, and to complete the frames of edits and deletions.
///
/// The frame of an edit names no author. Whether an edit adds a mention can only be known from the mention before it.
final class RecentPosts {
  private var seen = FIFOCache<Claim, Void>(keeping: Limits.recentPostsMax)
  private var posts = FIFOCache<PostID, Known>(keeping: Limits.recentPostsMax)

  struct Known {
    var mention: Mention
    var userName: String
    /// The conversation that the post was a message in.
    var session: SessionKey?
    /// The root of its thread; `nil` outside of threads.
    var root: PostID?
  }

  subscript(post: PostID) -> Known? { posts[post] }

  /// Returns whether a post, or an edit of one, was seen before.
  func hasSeen(_ claim: Claim) -> Bool { seen[claim] != nil }

  /// Records a post, or an edit of one, and returns whether it is new.
  func insert(_ claim: Claim) -> Bool { seen.updateValue((), forKey: claim) == nil }

  /// Forgets a post, or an edit of one, that has to be read again.
  func remove(_ claim: Claim) { seen.removeValue(forKey: claim) }

  func record(_ event: Event) {
    let known = Known(mention: event.mention, userName: event.user.name, root: event.thread.root)
    // Most posts are new.
    if let replaced = posts.updateValue(known, forKey: event.post) { posts[event.post]?.session = replaced.session }
  }

  func record(_ session: SessionKey, of post: PostID) { posts[post]?.session = session }

  /// Returns the conversations that a post, or one in its thread, was a message in.
  func sessions(of post: PostID) -> Set<SessionKey> {
    var sessions = Set([posts[post]?.session].compactMap(\.self))
    for known in posts.values where known.root == post {
      if let session = known.session { sessions.insert(session) }
    }
    return sessions
  }
}

extension Post {
  /// The claim of the post itself.
  var claim: Claim { Claim(post: id) }

  /// The claim of the latest edit. Reactions change `update_at`, too, so `edit_at` comes first.
  var edit: Claim { Claim(post: id, editedAt: editAt > 0 ? editAt : updateAt) }
}
