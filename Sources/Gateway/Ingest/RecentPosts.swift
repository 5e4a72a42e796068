import AgentSessions
import Core

/// What is known of the latest posts when the server tells of one of them again.
///
/// A post that comes a second time is passed over. An edit's frame names no author, and only who knows how the post
/// called the bot before can tell an edit that adds a mention from one that had it already.
struct RecentPosts {
  private var met = FIFOCache<Void>(keeping: Limits.recentPostsMax)
  private var posts = FIFOCache<Known>(keeping: Limits.recentPostsMax)

  /// What a post's edit or its deletion does not tell.
  struct Known {
    var mention: Mention
    var userName: String
    /// The conversation that it was a message for.
    var session: SessionKey?
    /// The root of its thread; nil in the channel itself.
    var root: String?
  }

  /// The conversations that a post, or one in its thread, was a message for.
  func sessions(of post: String) -> Set<SessionKey> {
    var sessions = Set([posts[post]?.session].compactMap(\.self))
    for known in posts.all where known.root == post { if let session = known.session { sessions.insert(session) } }
    return sessions
  }

  subscript(post: String) -> Known? { posts[post] }

  /// Whether a post, or an edit of one, was met before.
  func hasMet(_ id: String) -> Bool { met[id] != nil }

  /// Whether a post, or an edit of one, is met for the first time.
  mutating func meet(_ id: String) -> Bool {
    if met[id] != nil { return false }
    met[id] = ()
    return true
  }

  mutating func note(_ event: Event) {
    posts[event.post] = Known(
      mention: event.mention, userName: event.user.name, session: posts[event.post]?.session, root: event.thread.root)
  }

  mutating func note(_ session: SessionKey, of post: String) { posts[post]?.session = session }
}
