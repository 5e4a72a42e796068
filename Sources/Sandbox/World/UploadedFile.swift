import FoundationEssentials
import Vocabulary

/// A file that somebody uploaded, in the fields that the sandbox has a use for.
struct UploadedFile: Sendable, Equatable {
  let id: String
  let userID: String
  let channelID: String
  let createAt: Int
  let name: String
  let content: Data

  /// As Mattermost answers it: with the post that it hangs on, where it does.
  func json(in postID: String? = nil) -> JSON {
    let parts = name.split(separator: ".")
    var file: JSON = ["id": .string(id), "user_id": .string(userID)]
    if let postID { file = file.appending(["post_id": .string(postID)]) }
    return file.appending([
      "channel_id": "", "create_at": .int(createAt), "update_at": .int(createAt), "delete_at": 0,
      "name": .string(name), "extension": .string(parts.count > 1 ? String(parts[parts.count - 1]) : ""),
      "size": .int(content.count), "mime_type": "text/plain; charset=utf-8", "mini_preview": nil, "remote_id": "",
    ])
  }
}
