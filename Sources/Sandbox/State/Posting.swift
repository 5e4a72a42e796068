import Core
import FoundationEssentials

extension SandboxState {
  struct Draft: Sendable {
    var channelID: String
    var message: String
    var rootID = ""
    var pendingPostID = ""
    var props: [String: String] = [:]
    var fileIDs: [String] = []
    var fault: PostFault?
    /// True if a webhook posts by the account of the user.
    var isByWebhook = false
  }

  /// A new post, or the post that a `pending_post_id` has created before.
  struct PostingResult: Sendable {
    let post: StoredPost
    let isDuplicate: Bool
  }

  /// Posts as `user`.
  func post(_ draft: Draft, as user: Account) throws(AppError) -> PostingResult {
    let channel =
      draft.isByWebhook ? try channel(draft.channelID, for: user) : try joinedChannel(draft.channelID, of: user)
    let now = nextMoment()
    if !draft.pendingPostID.isEmpty,
      let id = pendingPosts.postID(draft.pendingPostID, of: user.id, at: now), let post = posts[id]
    {
      return PostingResult(post: post, isDuplicate: true)
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
    var post = StoredPost(
      id: MattermostID.random(), createAt: now, updateAt: now, userID: user.id, channelID: channel.id,
      rootID: draft.rootID, message: draft.message, type: "",
      props: Self.json(props),
      pendingPostID: draft.pendingPostID)
    post.fault = draft.fault
    post.files = claimUploads(draft.fileIDs, for: channel.id, by: user)
    if !draft.pendingPostID.isEmpty {
      pendingPosts.add(post.id, as: draft.pendingPostID, of: user.id, at: now)
    }
    if !draft.isByWebhook { setOnline(user.id) }
    publish(
      post, in: channel, senderName: senderName(of: user, props, in: channel),
      mentions: mentions(of: post, by: user, in: channel))
    return PostingResult(post: post, isDuplicate: false)
  }

  /// Returns the sender name of the event. As in Mattermost, any member can claim to be a webhook by props.
  private func senderName(of user: Account, _ props: [String: String], in channel: SandboxChannel) -> String {
    if channel.kind != .direct, props["from_webhook"] == "true", let name = props["override_username"] { return name }
    return "@\(users[user.id]?.username ?? user.username)"
  }

  private static func json(_ props: [String: String]) -> JSON {
    .object(props.sorted { $0.key < $1.key }.map { JSON.Member(key: $0.key, value: .string($0.value)) })
  }

  /// Posts as the server.
  func postSystemMessage(_ message: String, type: String, in channelID: String, props: JSON, mentions: [String]) {
    guard let channel = channels[channelID] else { return }
    let now = nextMoment()
    let post = StoredPost(
      id: MattermostID.random(), createAt: now, updateAt: now, userID: Fixtures.userID(Fixtures.adminName),
      channelID: channelID, rootID: "", message: message, type: type, props: props, pendingPostID: "")
    publish(post, in: channel, senderName: "System", mentions: mentions)
  }

  /// Replaces a user's own post, including its props.
  func update(
    _ postID: String, to message: String, props: [String: String], as user: Account
  ) throws(AppError) -> StoredPost {
    try edit(postID, to: message, props: Self.json(props), as: user)
  }

  /// Changes the text of a user's own post, and its props if there are some. The old text stays as a deleted post with
  /// another id.
  func edit(_ postID: String, to message: String?, props: JSON? = nil, as user: Account) throws(AppError) -> StoredPost
  {
    var post: StoredPost
    do {
      post = try ownPost(postID, of: user)
    } catch AppError.postMissing {
      // Unrecorded: the published sources treat a deleted post like one of another user.
      throw .forbidden
    }
    guard let message, message != post.message || props ?? post.props != post.props else { return post }
    try check(message)
    let now = nextMoment()
    var old = StoredPost(
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
    store(old)
    emit(.postChanged("post_edited", json(post), in: post.channelID))
    notifyObservers()
    return post
  }

  /// Deletes a user's own post, or any post as the administrator. With a root its thread is deleted; as recorded, there
  /// is only an event for the root.
  func delete(_ postID: String, as user: Account) throws(AppError) {
    let post: StoredPost
    if user.username == Fixtures.adminName {
      guard let any = posts[postID], any.deleteAt == 0 else { throw .postMissing }
      post = any
    } else {
      post = try ownPost(postID, of: user)
    }
    let event = SandboxEvent.postChanged(
      "post_deleted", post.json(replyCount: replyCount(post), metadata: false), in: post.channelID)
    let now = nextMoment()
    if !post.rootID.isEmpty { replyCounts[post.rootID, default: 0] -= 1 }
    for id in timelines[post.channelID] ?? [] where id == post.id || posts[id]?.rootID == post.id {
      posts[id]?.deleteAt = now
      posts[id]?.updateAt = now
    }
    emit(event)
    notifyObservers()
  }

  /// Returns a post that `user` may read, also in a public channel that the user is not in.
  func readablePost(_ id: String, for user: Account) throws(AppError) -> StoredPost {
    guard let post = posts[id], post.deleteAt == 0 else { throw .postMissing }
    _ = try channel(post.channelID, for: user)
    return post
  }

  /// Returns a post in a channel of `user`.
  func post(_ id: String, for user: Account) throws(AppError) -> StoredPost {
    guard let post = posts[id], post.deleteAt == 0 else { throw .postMissing }
    _ = try joinedChannel(post.channelID, of: user)
    return post
  }

  /// Returns the number of replies in the thread of a post.
  func replyCount(_ post: StoredPost) -> Int { replyCounts[post.threadID] ?? 0 }

  /// Returns the JSON form of a post with its present number of replies.
  func json(_ post: StoredPost, pending: Bool = false) -> JSON {
    post.json(replyCount: replyCount(post), pending: pending)
  }

  private func check(_ message: String) throws(AppError) {
    guard message.unicodeScalars.count <= Limits.messageScalarsMax else { throw .messageTooLong }
    // PostgreSQL rejects it (recording `post_with_nul`).
    guard !message.unicodeScalars.contains("\0") else { throw .failing }
  }

  private func ownPost(_ id: String, of user: Account) throws(AppError) -> StoredPost {
    let post = try post(id, for: user)
    guard post.userID == user.id else { throw .forbidden }
    return post
  }

  private func publish(_ post: StoredPost, in channel: SandboxChannel, senderName: String, mentions: [String]) {
    store(post)
    if post.rootID.isEmpty {
      channels[channel.id]?.lastRootPostAt = post.createAt
      channels[channel.id]?.rootMessageCount += 1
    } else {
      // A reply updates its root, so that `since` includes the root.
      posts[post.rootID]?.updateAt = post.createAt
      replyCounts[post.rootID, default: 0] += 1
    }
    channels[channel.id]?.lastPostAt = post.createAt
    channels[channel.id]?.messageCount += 1
    let displayName = channel.kind == .direct ? senderName : channel.displayName
    emit(
      .posted(
        json(post, pending: true), in: channel, channelDisplayName: displayName, senderName: senderName,
        mentions: mentions, files: post.fileKinds))
    notifyObservers()
  }

  private func store(_ post: StoredPost) {
    posts[post.id] = post
    timelines[post.channelID, default: []].append(post.id)
    guard let count = timelines[post.channelID]?.count, count > postsKeptMax else { return }
    guard let oldest = timelines[post.channelID]?.removeFirst() else { return }
    posts[oldest] = nil
    replyCounts[oldest] = nil
  }
}

extension SandboxState {
  /// Adds a reaction to a post. Adding it again changes nothing.
  func react(to postID: String, with emojiName: String, as user: Account) throws(AppError) -> Reaction {
    let post = try post(postID, for: user)
    guard !emojiName.isEmpty, emojiName.utf8.count <= Limits.nameLengthMax else { throw .invalidBody("emoji_name") }
    if let existing = post.reactions.first(where: { $0.userID == user.id && $0.emojiName == emojiName }) {
      return existing
    }
    guard post.reactions.count < Limits.reactionsMax else { throw .tooManyReactions }
    let reaction = Reaction(userID: user.id, postID: post.id, emojiName: emojiName, createAt: nextMoment())
    posts[post.id]?.reactions.append(reaction)
    posts[post.id]?.updateAt = reaction.createAt
    emit(.reaction("reaction_added", reaction, in: post.channelID))
    notifyObservers()
    return reaction
  }

  /// Removes a user's reaction from a post, if there is one.
  func unreact(to postID: String, with emojiName: String, as user: Account) throws(AppError) {
    let post = try post(postID, for: user)
    guard let index = post.reactions.firstIndex(where: { $0.userID == user.id && $0.emojiName == emojiName }) else {
      return
    }
    let reaction = post.reactions[index]
    posts[post.id]?.reactions.remove(at: index)
    posts[post.id]?.updateAt = nextMoment()
    emit(.reaction("reaction_removed", reaction, in: post.channelID))
    notifyObservers()
  }
}

extension SandboxState {
  /// Stores a file that is not attached to a post yet.
  func upload(_ content: Data, named name: String, to channelID: String, by user: Account) throws(AppError)
    -> UploadedFile
  {
    let channel = try joinedChannel(channelID, of: user)
    guard !name.isEmpty, name.utf8.count <= Limits.nameLengthMax else { throw .invalidURL("filename") }
    let file = UploadedFile(
      id: MattermostID.random(), userID: user.id, channelID: channel.id, createAt: nextMoment(), name: name,
      content: content)
    uploads.append(file)
    if uploads.count > Limits.uploadsMax { uploads.removeFirst() }
    return file
  }

  /// Returns a file that `user` may read, and the id of the post that it is attached to, if there is one.
  func file(_ id: String, for user: Account) throws(AppError) -> (file: UploadedFile, postID: String?) {
    if let file = uploads.first(where: { $0.id == id && $0.userID == user.id }) { return (file, nil) }
    for post in posts.values where post.deleteAt == 0 {
      guard let file = post.files.first(where: { $0.id == id }) else { continue }
      _ = try joinedChannel(post.channelID, of: user)
      return (file, post.id)
    }
    throw .fileMissing
  }

  /// Removes and returns the uploads for a new post: those of the user for its channel, each once. Other ids are
  /// ignored.
  func claimUploads(_ ids: [String], for channelID: String, by user: Account) -> [UploadedFile] {
    let claimed = ids.prefix(Limits.filesMax).compactMap { id in
      uploads.first { $0.id == id && $0.userID == user.id && $0.channelID == channelID }
    }
    uploads.removeAll { claimed.contains($0) }
    return claimed
  }
}

extension SandboxState {
  /// Returns the ids of the users that a post mentions: in a direct message the other one. The author is never among
  /// them.
  func mentions(of post: StoredPost, by author: Account, in channel: SandboxChannel) -> [String] {
    var mentioned: Set<String> = []
    if channel.kind == .direct { mentioned.formUnion(channel.memberIDs) }

    let members = channel.memberIDs.compactMap { users[$0] }
    var membersByKeyword: [String: Set<String>] = [
      "@all": channel.memberIDs, "@channel": channel.memberIDs,
      "@here": channel.memberIDs.intersection(online),
    ]
    for member in members { membersByKeyword["@\(member.username)", default: []].insert(member.id) }
    for keyword in MentionScanner.mentions(in: post.message, among: Set(membersByKeyword.keys)) {
      mentioned.formUnion(membersByKeyword[keyword] ?? [])
    }
    mentioned.remove(author.id)
    return mentioned.sorted()
  }
}

/// The posts created with a `pending_post_id`, for as long as Mattermost remembers them.
struct PendingPosts: Sendable {
  private struct Entry {
    let key: String
    let postID: String
    let time: Int
  }

  /// Oldest first.
  private var entries: [Entry] = []

  /// Returns the post that a user created with `pendingPostID`, or `nil` if there is none or it is too old.
  func postID(_ pendingPostID: String, of userID: String, at now: Int) -> String? {
    let key = Self.key(pendingPostID, userID)
    return entries.last { $0.key == key && now - $0.time < Limits.pendingPostMilliseconds }?.postID
  }

  mutating func add(_ postID: String, as pendingPostID: String, of userID: String, at now: Int) {
    entries.removeAll { now - $0.time >= Limits.pendingPostMilliseconds }
    entries.append(Entry(key: Self.key(pendingPostID, userID), postID: postID, time: now))
    if entries.count > Limits.pendingPostsMax { entries.removeFirst() }
  }

  private static func key(_ pendingPostID: String, _ userID: String) -> String { "\(userID) \(pendingPostID)" }
}
