import Core

extension SandboxState {
  /// Which of a channel's posts are asked for.
  enum Span: Sendable, Equatable {
    case newest
    case before(String)
    case after(String)
  }

  /// A page of a channel's posts, newest first. `after` and `before` count their pages away from the named post.
  func page(of channelID: String, _ span: Span, number: Int, size: Int, for user: User) throws(AppError) -> PostPage {
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

  /// The posts of a channel that changed after `moment`, those deleted since and the old texts of edits among them.
  func page(of channelID: String, since moment: Int, for user: User) throws(AppError) -> PostPage {
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

  /// A thread: the root (twice, as recorded), then the replies as they came.
  func thread(of postID: String, for user: User) throws(AppError) -> PostPage {
    let post = try readablePost(postID, for: user)
    guard let root = posts[post.threadID], root.deleteAt == 0 else { throw .postMissing }
    let replies = (timelines[root.channelID] ?? []).compactMap { posts[$0] }
      .filter { $0.rootID == root.id && $0.deleteAt == 0 }
    return PostPage(
      order: [root.id, root.id] + replies.map(\.id), posts: members([root] + replies),
      updateAt: ([root] + replies).map(\.updateAt).max() ?? 0)
  }

  /// `shown` come oldest first; `posts` also carries what else their threads hold.
  private func page(_ shown: [Post], in channelID: String) -> PostPage {
    let ids = Set(shown.map(\.id))
    let threads = Set(shown.filter { $0.deleteAt == 0 }.map(\.threadID))
    let alongside = (timelines[channelID] ?? []).compactMap { posts[$0] }
      .filter { !ids.contains($0.id) && $0.deleteAt == 0 && threads.contains($0.threadID) }
    return PostPage(
      order: shown.reversed().map(\.id), posts: members(shown + alongside), updateAt: shown.map(\.updateAt).max() ?? 0)
  }

  private func members(_ posts: [Post]) -> [JSON.Member] {
    posts.map { JSON.Member(key: $0.id, value: json($0)) }
  }

  private static func range(endingAt end: Int, number: Int, size: Int) -> Range<Int> {
    let upper = max(0, end - number * size)
    return max(0, upper - size)..<upper
  }
}
