package import Core

/// A post, with the fields that the gateway uses.
///
/// See "Post" in <https://developers.mattermost.com/api-documentation/>. Times are in milliseconds since 1970 (UTC).
package struct Post: Sendable, Equatable {
  package var id: PostID
  package var createAt: Int64
  /// The time of the last change of any kind.
  package var updateAt: Int64
  /// The time of the last edit of the text; 0 if there was none.
  package var editAt: Int64
  /// The time of the deletion; 0 if it was not deleted.
  package var deleteAt: Int64
  /// If not `nil`, this is an earlier version of the post with that id.
  package var originalID: PostID?
  /// The author; for a webhook, the user that created the webhook.
  package var userID: UserID
  package var channelID: ChannelID
  /// The first post of the thread; `nil` outside of threads.
  package var rootID: PostID?
  /// The server from which it came over a shared channel; empty for posts of this server.
  package var remoteID: String
  /// The text.
  package var message: String
  /// Empty for ordinary posts, `system_…` for the server's, `custom_…` for those of plugins.
  package var type: String
  package var props: Props
  package var fileIDs: [String]
  /// The files, if the server reports more than their ids.
  package var files: [AttachedFile]

  /// The properties that clients and integrations add to a post. Every author can choose them freely.
  package struct Props: Sendable, Equatable {
    /// True if a bot account wrote the post.
    package var fromBot = false
    /// True if an incoming webhook wrote it.
    package var fromWebhook = false
    /// True if a plugin wrote it.
    package var fromPlugin = false
    /// The name that a webhook's post shows instead of that of the account.
    package var overrideUsername = ""
    /// The name that the gateway gave to the post.
    package var mark = ""
    /// The run of the gateway that created the post.
    package var instance = ""
    package var attachments: [Attachment] = []

    static let markName = "edgecrab"
    static let instanceName = "edgecrab_instance"

    package init() {}
  }

  /// A message attachment.
  ///
  /// See <https://developers.mattermost.com/integrate/reference/message-attachments/>.
  package struct Attachment: Sendable, Equatable {
    /// The text above the attachment.
    package var pretext = ""
    package var title = ""
    package var text = ""
    /// The values of its fields that are strings.
    package var fields: [String] = []

    package init() {}
  }

  package init(
    id: PostID, createAt: Int64 = 0, updateAt: Int64 = 0, editAt: Int64 = 0, deleteAt: Int64 = 0, userID: UserID,
    channelID: ChannelID, rootID: PostID? = nil, originalID: PostID? = nil, remoteID: String = "", message: String,
    type: String = "",
    props: Props = Props(),
    fileIDs: [String] = [], files: [AttachedFile] = []
  ) {
    self.id = id
    self.createAt = createAt
    self.updateAt = updateAt
    self.editAt = editAt
    self.deleteAt = deleteAt
    self.originalID = originalID
    self.userID = userID
    self.channelID = channelID
    self.rootID = rootID
    self.remoteID = remoteID
    self.message = message
    self.type = type
    self.props = props
    self.fileIDs = fileIDs
    self.files = files
  }

  /// True if the server wrote it (`PostType…` in Mattermost's `model/post.go`).
  package var isSystem: Bool { type.hasPrefix("system_") || type == "add_bot_teams_channels" }

  /// True if it has a type of a plugin, such as `custom_calls`. Only plugins can create such posts.
  package var isCustom: Bool { type.hasPrefix("custom_") }

  /// The name that a webhook's post shows instead of that of the account, as a single line; `nil` if it shows none.
  package var overrideName: String? {
    guard props.fromWebhook else { return nil }
    let name = props.overrideUsername.singleLine(atMost: Limits.overrideNameScalarsMax)
    return name.isEmpty ? nil : name
  }

  /// All files, with an empty name if the server reports only the id.
  package var attachedFiles: [AttachedFile] {
    fileIDs.map { id in
      files.first { $0.id == id } ?? AttachedFile(id: id, name: "", mediaType: "", size: 0)
    }
  }

  /// The texts in which the server looks for mentions: the message, and the attachments without their titles.
  package var mentioningTexts: [String] {
    guard !props.attachments.isEmpty else { return [message] }
    return [message] + props.attachments.flatMap { [$0.pretext, $0.text] + $0.fields }.filter { !$0.isEmpty }
  }

  /// The message and all texts of the attachments, separated by line breaks.
  package var readableText: String {
    guard !props.attachments.isEmpty else { return message }
    return ([message] + props.attachments.flatMap { [$0.pretext, $0.title, $0.text] + $0.fields })
      .filter { !$0.isEmpty }.joined(separator: "\n")
  }
}

// MARK: Decoding

extension Post: WireDecodable {
  init?(_ json: WireJSON) {
    guard json.isObject else { return nil }
    let fileIDs = json["file_ids"].strings
    self.init(
      id: PostID(json["id"].text), createAt: json["create_at"].integer, updateAt: json["update_at"].integer,
      editAt: json["edit_at"].integer, deleteAt: json["delete_at"].integer, userID: UserID(json["user_id"].text),
      channelID: ChannelID(json["channel_id"].text), rootID: PostID(nonEmpty: json["root_id"].text),
      originalID: PostID(nonEmpty: json["original_id"].text), remoteID: json["remote_id"].text,
      message: json["message"].text, type: json["type"].text, props: Props(json["props"]), fileIDs: fileIDs,
      // Most posts have no files, and their metadata is not decoded.
      files: fileIDs.isEmpty ? [] : json["metadata"]["files"].elements.compactMap { FileRecord($0)?.file })
  }
}

extension Post.Props {
  fileprivate init(_ json: WireJSON) {
    fromBot = json["from_bot"].flag
    fromWebhook = json["from_webhook"].flag
    fromPlugin = json["from_plugin"].flag
    overrideUsername = json["override_username"].text
    mark = json["edgecrab"].text
    instance = json["edgecrab_instance"].text
    attachments = json["attachments"].elements.compactMap(Post.Attachment.init)
  }
}

extension Post.Attachment {
  fileprivate init?(_ json: WireJSON) {
    guard json.isObject else { return nil }
    pretext = json["pretext"].text
    title = json["title"].text
    text = json["text"].text
    fields = json["fields"].elements.compactMap { $0["value"].string }
  }
}

/// A list of posts. Posts that cannot be decoded are left out, so that one of them does not hide the others.
struct PostList {
  /// The ids, the newest first; empty if the server sends no order. `posts` also contains the other posts of their
  /// threads.
  private(set) var order: [PostID] = []
  private(set) var posts: [PostID: Post] = [:]
  /// The ids of the posts that could not be decoded.
  private(set) var unreadable: [PostID] = []

  /// Decodes a list, or returns `nil` if it is not one.
  init?(_ bytes: [UInt8]) {
    if let json = WireJSON(parsing: bytes) {
      guard json["posts"].isObject, let order = Self.order(json["order"]) else { return nil }
      self.order = order
      for (id, post) in json["posts"].members { add(Post(post), PostID(id)) }
    } else {
      guard let members = JSONScanner.members(of: bytes), let list = members.first(where: { $0.key == "posts" }),
        let posts = JSONScanner.members(of: list.value)
      else { return nil }
      if let value = members.first(where: { $0.key == "order" })?.value {
        guard let order = WireJSON(parsing: value).flatMap(Self.order) else { return nil }
        self.order = order
      }
      for (id, post) in posts { add(WireJSON(parsing: post).flatMap(Post.init), PostID(id)) }
    }
    unreadable = Set(unreadable).union(order).subtracting(posts.keys).sorted()
  }

  private static func order(_ json: WireJSON) -> [PostID]? {
    json.isMissing || json.isNull ? [] : [String](json)?.map { PostID($0) }
  }

  private mutating func add(_ post: Post?, _ id: PostID) {
    if let post, !post.id.rawValue.isEmpty { posts[id] = post } else { unreadable.append(id) }
  }
}
