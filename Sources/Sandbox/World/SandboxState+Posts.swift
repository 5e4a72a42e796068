import Core

extension SandboxState {
  /// What somebody wants to post.
  struct Draft: Sendable {
    var channelID: String
    var message: String
    var rootID = ""
    var pendingPostID = ""
    var props: [String: String] = [:]
    var fileIDs: [String] = []
    var flaw: PostFault?
  }

  /// A post that was made, or found again under its `pending_post_id`.
  struct Posted: Sendable {
    let post: Post
    let isDuplicate: Bool
  }

  /// Posts as `user`.
  func post(_ draft: Draft, as user: User) throws(AppError) -> Posted {
    let channel = try joinedChannel(draft.channelID, of: user)
    let now = moment()
    if !draft.pendingPostID.isEmpty,
      let id = pendingPosts.postID(draft.pendingPostID, of: user.id, at: now), let post = posts[id]
    {
      return Posted(post: post, isDuplicate: true)
    }
    guard channel.deleteAt == 0 else { throw .archivedChannel }
    guard !moderated.contains(channel.id) else { throw .forbidden }
    if !draft.rootID.isEmpty {
      guard let root = posts[draft.rootID], root.deleteAt == 0 else { throw .badRoot }
      guard root.channelID == channel.id else { throw .rootInOtherChannel }
      guard root.rootID.isEmpty else { throw .badRoot }
    }
    try check(draft.message)
    guard draft.pendingPostID.utf8.count <= Limits.nameLengthMax else { throw .invalidBody("pending_post_id") }

    var props = draft.props
    props["from_bot"] = user.isBot ? "true" : nil
    var post = Post(
      id: MattermostID.random(), createAt: now, updateAt: now, userID: user.id, channelID: channel.id,
      rootID: draft.rootID, message: draft.message, type: "",
      props: Self.json(props),
      pendingPostID: draft.pendingPostID)
    post.flaw = draft.flaw
    post.files = takeUploads(draft.fileIDs, for: channel.id, by: user)
    if !draft.pendingPostID.isEmpty {
      pendingPosts.remember(post.id, as: draft.pendingPostID, of: user.id, at: now)
    }
    setOnline(user.id)
    publish(
      post, in: channel, senderName: senderName(of: user, props, in: channel),
      mentions: mentions(of: post, by: user, in: channel))
    return Posted(post: post, isDuplicate: false)
  }

  /// The name under which a post is told of. Nobody looks whether a webhook wrote it: any member's props are believed.
  private func senderName(of user: User, _ props: [String: String], in channel: Channel) -> String {
    if channel.kind != .direct, props["from_webhook"] == "true", let name = props["override_username"] { return name }
    return "@\(users[user.id]?.username ?? user.username)"
  }

  private static func json(_ props: [String: String]) -> JSON {
    .object(props.sorted { $0.key < $1.key }.map { JSON.Member(key: $0.key, value: .string($0.value)) })
  }

  /// Says something in the server's own name.
  func postSystemMessage(_ message: String, type: String, in channelID: String, props: JSON, mentions: [String]) {
    guard let channel = channels[channelID] else { return }
    let now = moment()
    let post = Post(
      id: MattermostID.random(), createAt: now, updateAt: now, userID: Fixtures.userID(Fixtures.adminName),
      channelID: channelID, rootID: "", message: message, type: type, props: props, pendingPostID: "")
    publish(post, in: channel, senderName: "System", mentions: mentions)
  }

  /// Puts a whole new post in the place of one's own: what is not said again, props included, is gone.
  func update(
    _ postID: String, to message: String, props: [String: String], as user: User
  ) throws(AppError) -> Post {
    try edit(postID, to: message, props: Self.json(props), as: user)
  }

  /// Changes the text of one's own post, and its props where some are given; the old text stays as a deleted post of
  /// another id.
  func edit(_ postID: String, to message: String?, props: JSON? = nil, as user: User) throws(AppError) -> Post {
    var post: Post
    do {
      post = try ownPost(postID, of: user)
    } catch AppError.postMissing {
      // Unrecorded: the published sources take what is gone for another's.
      throw .forbidden
    }
    guard let message, message != post.message || props ?? post.props != post.props else { return post }
    try check(message)
    let now = moment()
    var old = Post(
      id: MattermostID.random(), createAt: post.createAt, updateAt: now, userID: post.userID,
      channelID: post.channelID, rootID: post.rootID, message: post.message, type: post.type, props: post.props,
      pendingPostID: "")
    old.deleteAt = now
    old.originalID = post.id
    post.message = message
    post.props = props ?? post.props
    post.editAt = now
    post.updateAt = now
    posts[post.id] = post
    keep(old)
    emit(.postChanged("post_edited", json(post), in: post.channelID))
    noteChange()
    return post
  }

  /// Deletes one's own post, as the administrator anybody's, and with a root its whole thread: the server tells of the root
  /// alone, as recorded.
  func delete(_ postID: String, as user: User) throws(AppError) {
    let post: Post
    if user.username == Fixtures.adminName {
      guard let any = posts[postID], any.deleteAt == 0 else { throw .postMissing }
      post = any
    } else {
      post = try ownPost(postID, of: user)
    }
    let event = SandboxEvent.postChanged(
      "post_deleted", post.json(replyCount: replyCount(post), metadata: false), in: post.channelID)
    let now = moment()
    if !post.rootID.isEmpty { replyCounts[post.rootID, default: 0] -= 1 }
    for id in timelines[post.channelID] ?? [] where id == post.id || posts[id]?.rootID == post.id {
      posts[id]?.deleteAt = now
      posts[id]?.updateAt = now
    }
    emit(event)
    noteChange()
  }

  /// A post that `user` may read by its id: in a public channel also without being in it.
  func readablePost(_ id: String, for user: User) throws(AppError) -> Post {
    guard let post = posts[id], post.deleteAt == 0 else { throw .postMissing }
    _ = try channel(post.channelID, for: user)
    return post
  }

  /// A post that `user` may act on.
  func post(_ id: String, for user: User) throws(AppError) -> Post {
    guard let post = posts[id], post.deleteAt == 0 else { throw .postMissing }
    _ = try joinedChannel(post.channelID, of: user)
    return post
  }

  /// How many replies the thread of `post` has.
  func replyCount(_ post: Post) -> Int { replyCounts[post.threadID] ?? 0 }

  /// As it is answered now.
  func json(_ post: Post, pending: Bool = false) -> JSON { post.json(replyCount: replyCount(post), pending: pending) }

  private func check(_ message: String) throws(AppError) {
    guard message.unicodeScalars.count <= Limits.messageScalarsMax else { throw .messageTooLong }
    // PostgreSQL takes none (recording `post_with_nul`).
    guard !message.unicodeScalars.contains("\0") else { throw .failing }
  }

  private func ownPost(_ id: String, of user: User) throws(AppError) -> Post {
    let post = try post(id, for: user)
    guard post.userID == user.id else { throw .forbidden }
    return post
  }

  private func publish(_ post: Post, in channel: Channel, senderName: String, mentions: [String]) {
    keep(post)
    if post.rootID.isEmpty {
      channels[channel.id]?.lastRootPostAt = post.createAt
      channels[channel.id]?.rootMessageCount += 1
    } else {
      // A reply moves its root, so that `since` brings the root along.
      posts[post.rootID]?.updateAt = post.createAt
      replyCounts[post.rootID, default: 0] += 1
    }
    channels[channel.id]?.lastPostAt = post.createAt
    channels[channel.id]?.messageCount += 1
    let displayName = channel.kind == .direct ? senderName : channel.displayName
    emit(
      .posted(
        json(post, pending: true), in: channel, channelDisplayName: displayName, senderName: senderName,
        mentions: mentions))
    noteChange()
  }

  private func keep(_ post: Post) {
    posts[post.id] = post
    timelines[post.channelID, default: []].append(post.id)
    guard let count = timelines[post.channelID]?.count, count > postsKeptMax else { return }
    guard let oldest = timelines[post.channelID]?.removeFirst() else { return }
    posts[oldest] = nil
    replyCounts[oldest] = nil
  }
}
