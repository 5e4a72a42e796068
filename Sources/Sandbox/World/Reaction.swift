import Core

/// An emoji that somebody put on a post.
struct Reaction: Sendable, Equatable {
  let userID: String
  let postID: String
  let emojiName: String
  let createAt: Int

  var json: JSON {
    [
      "user_id": .string(userID), "post_id": .string(postID), "emoji_name": .string(emojiName),
      "create_at": .int(createAt), "update_at": .int(createAt), "delete_at": 0, "remote_id": "",
    ]
  }
}
