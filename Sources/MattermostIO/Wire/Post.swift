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
    [message] + props.attachments.flatMap { [$0.pretext, $0.text] + $0.fields }.filter { !$0.isEmpty }
  }

  /// The message and all texts of the attachments, separated by line breaks.
  package var readableText: String {
    ([message] + props.attachments.flatMap { [$0.pretext, $0.title, $0.text] + $0.fields })
      .filter { !$0.isEmpty }.joined(separator: "\n")
  }
}

// MARK: Decoding, which fails only for values that are not JSON objects

extension Post: Decodable {
  private enum Key: String, CodingKey {
    case id, message, type, props, metadata
    case createAt = "create_at"
    case updateAt = "update_at"
    case editAt = "edit_at"
    case deleteAt = "delete_at"
    case userID = "user_id"
    case channelID = "channel_id"
    case rootID = "root_id"
    case originalID = "original_id"
    case remoteID = "remote_id"
    case fileIDs = "file_ids"
  }

  package init(from decoder: any Decoder) throws {
    let post = try decoder.container(keyedBy: Key.self)
    let fileIDs = post.texts(.fileIDs)
    self.init(
      id: post.id(.id), createAt: post.integer(.createAt), updateAt: post.integer(.updateAt),
      editAt: post.integer(.editAt), deleteAt: post.integer(.deleteAt), userID: post.id(.userID),
      channelID: post.id(.channelID), rootID: post.optionalID(.rootID), originalID: post.optionalID(.originalID),
      remoteID: post.text(.remoteID),
      message: post.text(.message), type: post.text(.type),
      props: (try? post.decode(Props.self, forKey: .props)) ?? Props(),
      fileIDs: fileIDs,
      // Most posts have no files, and their metadata is not decoded.
      files: fileIDs.isEmpty ? [] : (try? post.decode(Metadata.self, forKey: .metadata))?.files ?? [])
  }

  private struct Metadata: Decodable {
    var files: [AttachedFile]

    private enum Key: String, CodingKey {
      case files
    }

    init(from decoder: any Decoder) throws {
      files = try decoder.container(keyedBy: Key.self).elements(FileRecord.self, .files).map(\.file)
    }
  }
}

extension Post.Props: Decodable {
  private enum Key: String, CodingKey {
    case attachments
    case fromBot = "from_bot"
    case fromWebhook = "from_webhook"
    case fromPlugin = "from_plugin"
    case overrideUsername = "override_username"
    case mark = "edgecrab"
    case instance = "edgecrab_instance"
  }

  package init(from decoder: any Decoder) throws {
    let props = try decoder.container(keyedBy: Key.self)
    fromBot = props.flag(.fromBot)
    fromWebhook = props.flag(.fromWebhook)
    fromPlugin = props.flag(.fromPlugin)
    overrideUsername = props.text(.overrideUsername)
    mark = props.text(.mark)
    instance = props.text(.instance)
    attachments = props.elements(Post.Attachment.self, .attachments)
  }
}

extension Post.Attachment: Decodable {
  private enum Key: String, CodingKey {
    case pretext, title, text, fields
  }

  private struct Field: Decodable {
    var value: String
  }

  package init(from decoder: any Decoder) throws {
    let attachment = try decoder.container(keyedBy: Key.self)
    pretext = attachment.text(.pretext)
    title = attachment.text(.title)
    text = attachment.text(.text)
    fields = attachment.elements(Field.self, .fields).map(\.value)
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

  private struct Whole: Decodable {
    var order: [PostID]?
    var posts: [String: FailableDecodable<Post>]
  }

  /// Decodes a list, or returns `nil` if it is not one.
  init?(_ bytes: [UInt8]) {
    if let whole = try? WireJSON.decode(Whole.self, from: bytes) {
      order = whole.order ?? []
      for (id, post) in whole.posts { add(post.value, PostID(id)) }
    } else {
      guard let members = JSONScanner.members(of: bytes), let list = members.first(where: { $0.key == "posts" }),
        let posts = JSONScanner.members(of: list.value)
      else { return nil }
      if let value = members.first(where: { $0.key == "order" })?.value {
        guard let order = try? WireJSON.decode([PostID].self, from: value) else { return nil }
        self.order = order
      }
      for (id, post) in posts { add(try? WireJSON.decode(Post.self, from: post), PostID(id)) }
    }
    unreadable = Set(unreadable).union(order).subtracting(posts.keys).sorted()
  }

  private mutating func add(_ post: Post?, _ id: PostID) {
    if let post, !post.id.rawValue.isEmpty { posts[id] = post } else { unreadable.append(id) }
  }
}
