import Core
import FoundationEssentials

/// A post, with the fields that the sandbox uses.
struct StoredPost: Sendable, Equatable {
  let id: String
  let createAt: Int
  var updateAt: Int
  var editAt = 0
  var deleteAt = 0
  let userID: String
  let channelID: String
  /// Empty if the post is not a reply.
  let rootID: String
  /// The id of the post that had this text before an edit, or empty.
  var originalID = ""
  var message: String
  /// Empty for posts of users; `system_…` for posts of the server.
  let type: String
  var props: JSON
  let pendingPostID: String
  var files: [UploadedFile] = []
  var reactions: [Reaction] = []
  var fault: PostFault?

  /// The keys of the event that tell which files it has. As recorded, an image is also another file.
  var fileKinds: [String] {
    guard !files.isEmpty else { return [] }
    return files.contains { $0.imageSize != nil } ? ["image", "otherFile"] : ["otherFile"]
  }

  /// The id of the root of its thread, which may be the post itself.
  var threadID: String { rootID.isEmpty ? id : rootID }

  /// Returns the JSON form. Only the answer to the creation has the `pending_post_id`; duplicates and deleted posts
  /// have no `metadata` (recordings `post_pending_duplicate` and the event `post_deleted`).
  func json(replyCount: Int, pending: Bool = false, metadata: Bool = true) -> JSON {
    let json = faultlessJSON(replyCount: replyCount, pending: pending, metadata: metadata)
    return fault?.applied(to: json) ?? json
  }

  private func faultlessJSON(replyCount: Int, pending: Bool, metadata: Bool) -> JSON {
    var post: JSON = [
      "id": .string(id), "create_at": .int(createAt), "update_at": .int(updateAt), "edit_at": .int(editAt),
      "delete_at": .int(deleteAt), "is_pinned": false, "user_id": .string(userID), "channel_id": .string(channelID),
      "root_id": .string(rootID), "original_id": .string(originalID), "message": .string(message),
      "type": .string(type), "props": props, "hashtags": "",
      "pending_post_id": .string(pending ? pendingPostID : ""),
    ]
    if !files.isEmpty { post = post.appending(["file_ids": .array(files.map { .string($0.id) })]) }
    if !reactions.isEmpty { post = post.appending(["has_reactions": true]) }
    post = post.appending(["reply_count": .int(replyCount), "last_reply_at": 0, "participants": .null])
    guard metadata else { return post }
    var metadata: JSON = [:]
    if !files.isEmpty { metadata = metadata.appending(["files": .array(files.map { $0.json(in: id) })]) }
    if !reactions.isEmpty { metadata = metadata.appending(["reactions": .array(reactions.map(\.json))]) }
    return post.appending(["metadata": metadata])
  }
}

/// An emoji that a user added to a post.
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

/// An uploaded file, with the fields that the sandbox uses.
struct UploadedFile: Sendable, Equatable {
  let id: String
  let userID: String
  let channelID: String
  let createAt: Int
  let name: String
  let content: Data
  /// The size if it is an image, by its content and not by its name.
  let imageSize: ImageSize?

  init(id: String, userID: String, channelID: String, createAt: Int, name: String, content: Data) {
    self.id = id
    self.userID = userID
    self.channelID = channelID
    self.createAt = createAt
    self.name = name
    self.content = content
    imageSize = ImageSize(content)
  }

  /// The media type, which Mattermost derives from the extension.
  var mediaType: String {
    let types = [
      "csv": "text/csv; charset=utf-8", "gif": "image/gif", "jpeg": "image/jpeg", "jpg": "image/jpeg",
      "json": "application/json", "md": "text/markdown; charset=utf-8", "pdf": "application/pdf", "png": "image/png",
      "txt": "text/plain; charset=utf-8", "webp": "image/webp", "zip": "application/zip",
    ]
    return name.split(separator: ".").last.flatMap { types[$0.lowercased()] } ?? "application/octet-stream"
  }

  /// Returns the JSON form, with the id of the post that it is attached to, if there is one.
  func json(in postID: String? = nil) -> JSON {
    let parts = name.split(separator: ".")
    var file: JSON = ["id": .string(id), "user_id": .string(userID)]
    if let postID { file = file.appending(["post_id": .string(postID)]) }
    file = file.appending([
      "channel_id": "", "create_at": .int(createAt), "update_at": .int(createAt), "delete_at": 0,
      "name": .string(name), "extension": .string(parts.count > 1 ? String(parts[parts.count - 1]) : ""),
      "size": .int(content.count), "mime_type": .string(mediaType),
    ])
    if let imageSize {
      file = file.appending([
        "width": .int(imageSize.width), "height": .int(imageSize.height), "has_preview_image": true,
      ])
    }
    return file.appending(["mini_preview": .null, "remote_id": ""])
  }
}

/// A fault of a post in all answers and events.
package enum PostFault: Sendable, Equatable {
  /// Its props are nested deeply, as plugins and members may send them (recording `identity_and_changes`).
  case nestedProps(depth: Int)
  /// Its props are not JSON.
  case brokenProps
  /// It is `null`.
  case null

  /// Returns the faulty form of a post.
  func applied(to post: JSON) -> JSON {
    guard self != .null, case .object(let members) = post else { return .null }
    return .object(members.map { $0.key == "props" ? JSON.Member(key: "props", value: ["x": value]) : $0 })
  }

  private var value: JSON {
    switch self {
    case .nestedProps(let depth): (0..<depth).reduce(JSON.array([])) { inner, _ in .array([inner]) }
    case .brokenProps, .null: .number("tru")
    }
  }
}
