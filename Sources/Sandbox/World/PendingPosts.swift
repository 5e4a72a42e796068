/// Which post a `pending_post_id` became, for as long as Mattermost remembers it.
struct PendingPosts: Sendable {
  private struct Entry {
    let key: String
    let postID: String
    let time: Int
  }

  /// Oldest first.
  private var entries: [Entry] = []

  /// The post that `userID` sent under `pendingPostID` a short while ago.
  func postID(_ pendingPostID: String, of userID: String, at now: Int) -> String? {
    let key = Self.key(pendingPostID, userID)
    return entries.last { $0.key == key && now - $0.time < Limits.pendingPostMilliseconds }?.postID
  }

  mutating func remember(_ postID: String, as pendingPostID: String, of userID: String, at now: Int) {
    entries.removeAll { now - $0.time >= Limits.pendingPostMilliseconds }
    entries.append(Entry(key: Self.key(pendingPostID, userID), postID: postID, time: now))
    if entries.count > Limits.pendingPostsMax { entries.removeFirst() }
  }

  private static func key(_ pendingPostID: String, _ userID: String) -> String { "\(userID) \(pendingPostID)" }
}
