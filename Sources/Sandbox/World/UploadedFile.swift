import Core
import FoundationEssentials

/// A file that somebody uploaded, in the fields that the sandbox has a use for.
struct UploadedFile: Sendable, Equatable {
  let id: String
  let userID: String
  let channelID: String
  let createAt: Int
  let name: String
  let content: Data

  /// What Mattermost would take it for: it goes by the extension.
  var mediaType: String {
    let types = [
      "csv": "text/csv; charset=utf-8", "gif": "image/gif", "jpeg": "image/jpeg", "jpg": "image/jpeg",
      "json": "application/json", "md": "text/markdown; charset=utf-8", "pdf": "application/pdf", "png": "image/png",
      "txt": "text/plain; charset=utf-8", "webp": "image/webp", "zip": "application/zip",
    ]
    return name.split(separator: ".").last.flatMap { types[$0.lowercased()] } ?? "application/octet-stream"
  }

  /// As Mattermost answers it: with the post that it hangs on, where it does.
  func json(in postID: String? = nil) -> JSON {
    let parts = name.split(separator: ".")
    var file: JSON = ["id": .string(id), "user_id": .string(userID)]
    if let postID { file = file.appending(["post_id": .string(postID)]) }
    return file.appending([
      "channel_id": "", "create_at": .int(createAt), "update_at": .int(createAt), "delete_at": 0,
      "name": .string(name), "extension": .string(parts.count > 1 ? String(parts[parts.count - 1]) : ""),
      "size": .int(content.count), "mime_type": .string(mediaType), "mini_preview": nil, "remote_id": "",
    ])
  }
}
