import Core

/// A post, in the fields that the sandbox has a use for.
struct Post: Sendable, Equatable {
  let id: String
  let createAt: Int
  var updateAt: Int
  var editAt = 0
  var deleteAt = 0
  let userID: String
  let channelID: String
  /// Empty when the post opens a thread, or stands alone.
  let rootID: String
  /// Not empty: this is what the post of that id said before it was edited.
  var originalID = ""
  var message: String
  /// Empty for what somebody wrote; `system_…` for what the server says.
  let type: String
  var props: JSON
  let pendingPostID: String
  var files: [UploadedFile] = []
  var reactions: [Reaction] = []
  var flaw: PostFault?

  /// The root of the thread that the post is in, which may be the post itself.
  var threadID: String { rootID.isEmpty ? id : rootID }

  /// As Mattermost answers it.
  ///
  /// `pending_post_id` is only told to whoever just sent the post; a duplicate and a deleted post come without
  /// `metadata` (recordings `post_pending_duplicate` and the event `post_deleted`).
  func json(replyCount: Int, pending: Bool = false, metadata: Bool = true) -> JSON {
    let json = soundJSON(replyCount: replyCount, pending: pending, metadata: metadata)
    return flaw?.spoil(json) ?? json
  }

  private func soundJSON(replyCount: Int, pending: Bool, metadata: Bool) -> JSON {
    var post: JSON = [
      "id": .string(id), "create_at": .int(createAt), "update_at": .int(updateAt), "edit_at": .int(editAt),
      "delete_at": .int(deleteAt), "is_pinned": false, "user_id": .string(userID), "channel_id": .string(channelID),
      "root_id": .string(rootID), "original_id": .string(originalID), "message": .string(message),
      "type": .string(type), "props": props, "hashtags": "",
      "pending_post_id": .string(pending ? pendingPostID : ""),
    ]
    if !files.isEmpty { post = post.appending(["file_ids": .array(files.map { .string($0.id) })]) }
    if !reactions.isEmpty { post = post.appending(["has_reactions": true]) }
    post = post.appending(["reply_count": .int(replyCount), "last_reply_at": 0, "participants": nil])
    guard metadata else { return post }
    var facts: JSON = [:]
    if !files.isEmpty { facts = facts.appending(["files": .array(files.map { $0.json(in: id) })]) }
    if !reactions.isEmpty { facts = facts.appending(["reactions": .array(reactions.map(\.json))]) }
    return post.appending(["metadata": facts])
  }
}
