import Core

extension SandboxState {
  /// A range of the posts of a channel.
  enum Span: Sendable, Equatable {
    case newest
    case before(String)
    case after(String)
  }

  /// Returns a page of the posts of a channel, newest first. Pages of `after` and `before` are counted from the given
  /// post.
  func page(of channelID: String, _ span: Span, number: Int, size: Int, for user: Account) throws(AppError)
    -> PostListBody
  {
    let channel = try joinedChannel(channelID, of: user)
    let all = (timelines[channel.id] ?? []).compactMap { posts[$0] }.filter { $0.deleteAt == 0 }
    let range: Range<Int>
    switch span {
    case .newest:
      range = Self.range(endingAt: all.count, number: number, size: size)
    case .before(let id):
      guard let end = all.firstIndex(where: { $0.id == id }) else { return page([], in: channel.id) }
      range = Self.range(endingAt: end, number: number, size: size)
    case .after(let id):
      guard let start = all.firstIndex(where: { $0.id == id }) else { return page([], in: channel.id) }
      let lower = min(all.count, start + 1 + number * size)
      range = lower..<min(all.count, lower + size)
    }
    var page = page(Array(all[range]), in: channel.id)
    if range.upperBound < all.count { page.nextPostID = all[range.upperBound].id }
    if range.lowerBound > 0 { page.previousPostID = all[range.lowerBound - 1].id }
    return page
  }

  /// Returns the posts of a channel that changed after `moment`, including deleted ones and the old texts of edits.
  func page(of channelID: String, since moment: Int, for user: Account) throws(AppError) -> PostListBody {
    let channel = try joinedChannel(channelID, of: user)
    let changed = (timelines[channel.id] ?? []).compactMap { posts[$0] }
      .filter { $0.updateAt > moment }
      .sorted { $0.createAt < $1.createAt }
      .suffix(Limits.postsSinceMax)
      .map { post in
        guard post.deleteAt != 0 else { return post }
        var post = post
        post.message = ""
        return post
      }
    return page(changed, in: channel.id)
  }

  /// Returns a thread: the root (twice, as recorded), then the replies, oldest first.
  func thread(of postID: String, for user: Account) throws(AppError) -> PostListBody {
    let post = try readablePost(postID, for: user)
    guard let root = posts[post.threadID], root.deleteAt == 0 else { throw .postMissing }
    let replies = (timelines[root.channelID] ?? []).compactMap { posts[$0] }
      .filter { $0.rootID == root.id && $0.deleteAt == 0 }
    return PostListBody(
      order: [root.id, root.id] + replies.map(\.id), posts: members([root] + replies),
      updateAt: ([root] + replies).map(\.updateAt).max() ?? 0)
  }

  /// Returns a list of posts, given oldest first, with all other posts of their threads in `posts`.
  private func page(_ shown: [StoredPost], in channelID: String) -> PostListBody {
    let ids = Set(shown.map(\.id))
    let threads = Set(shown.filter { $0.deleteAt == 0 }.map(\.threadID))
    let otherPosts = (timelines[channelID] ?? []).compactMap { posts[$0] }
      .filter { !ids.contains($0.id) && $0.deleteAt == 0 && threads.contains($0.threadID) }
    return PostListBody(
      order: shown.reversed().map(\.id), posts: members(shown + otherPosts), updateAt: shown.map(\.updateAt).max() ?? 0)
  }

  private func members(_ posts: [StoredPost]) -> [JSON.Member] {
    posts.map { JSON.Member(key: $0.id, value: json($0)) }
  }

  private static func range(endingAt end: Int, number: Int, size: Int) -> Range<Int> {
    let upper = max(0, end - number * size)
    return max(0, upper - size)..<upper
  }
}

/// A list of posts: their order, and the posts of the order and its threads.
struct PostListBody: Sendable {
  let order: [String]
  let posts: [JSON.Member]
  var nextPostID = ""
  var previousPostID = ""
  /// The time of the newest change, for the `ETag`.
  let updateAt: Int

  var json: JSON {
    [
      "order": .array(order.map { .string($0) }), "posts": .object(posts), "next_post_id": .string(nextPostID),
      "prev_post_id": .string(previousPostID), "has_next": false,
    ]
  }
}
