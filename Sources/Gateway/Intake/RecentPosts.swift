import AgentSessions
import Vocabulary

/// What is known of the latest posts when the server tells of one of them again.
///
/// A post that comes a second time is passed over. An edit's frame names no author, and only who knows how the post
/// called the bot before can tell an edit that adds a mention from one that had it already.
struct RecentPosts {
  private var posts: [String: Known] = [:]
  private var order: [String] = []
  private var met: Set<String> = []
  private var metOrder: [String] = []

  /// What a post's edit or its deletion does not tell.
  struct Known {
    var mention: Mention
    var userName: String
    /// The conversation that it was a message for.
    var session: SessionKey?
  }

  subscript(post: String) -> Known? { posts[post] }

  /// Whether a post, or an edit of one, is met for the first time.
  mutating func meet(_ id: String) -> Bool {
    guard met.insert(id).inserted else { return false }
    metOrder.append(id)
    for old in Self.surplus(&metOrder) { met.remove(old) }
    return true
  }

  mutating func note(_ event: Event) {
    let known = Known(mention: event.mention, userName: event.user.name, session: posts[event.post]?.session)
    if posts.updateValue(known, forKey: event.post) == nil { order.append(event.post) }
    for old in Self.surplus(&order) { posts[old] = nil }
  }

  mutating func note(_ session: SessionKey, of post: String) { posts[post]?.session = session }

  private static func surplus(_ order: inout [String]) -> ArraySlice<String> {
    guard order.count > 2 * Limits.recentPostsMax else { return [] }
    let surplus = order.prefix(Limits.recentPostsMax)
    order.removeFirst(Limits.recentPostsMax)
    return surplus
  }
}
