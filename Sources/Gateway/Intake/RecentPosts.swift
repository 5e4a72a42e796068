import Vocabulary

/// What is known of the latest posts when one of them is edited: an edit's frame names no author, and only who knows how
/// the post called the bot before can tell an edit that adds a mention from one that had it already.
struct RecentPosts {
  private var posts: [String: Known] = [:]
  private var order: [String] = []

  /// What a post's edit does not tell.
  struct Known {
    var mention: Mention
    var userName: String
  }

  subscript(post: String) -> Known? { posts[post] }

  mutating func note(_ event: Event) {
    let known = Known(mention: event.mention, userName: event.user.name)
    if posts.updateValue(known, forKey: event.post) == nil { order.append(event.post) }
    guard order.count > 2 * Limits.recentPostsMax else { return }
    for old in order.prefix(Limits.recentPostsMax) { posts[old] = nil }
    order.removeFirst(Limits.recentPostsMax)
  }
}
