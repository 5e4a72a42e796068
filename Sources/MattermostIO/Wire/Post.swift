public import Vocabulary

/// A post as the server tells of it.
///
/// See "Post" in <https://developers.mattermost.com/api-documentation/>. Fields that we do not use are left out.
public struct Post: Sendable, Equatable {
  /// The post's id.
  public var id: String
  /// When it was written, in milliseconds since 1970 (UTC).
  public var createAt: Int64
  /// When anything about it changed last, in milliseconds since 1970 (UTC).
  public var updateAt: Int64
  /// When its text was edited last, in milliseconds since 1970 (UTC); 0 if never.
  public var editAt: Int64
  /// When it was deleted, in milliseconds since 1970 (UTC); 0 if it was not.
  public var deleteAt: Int64
  /// Not empty: this is what the post of that id said before it was edited.
  public var originalID: String
  /// Who wrote it. For a webhook, whoever made the webhook.
  public var userID: String
  /// The channel it stands in.
  public var channelID: String
  /// The first post of its thread; empty if it stands in the channel itself.
  public var rootID: String
  /// The server that it came from over a shared channel; empty for our own.
  public var remoteID: String
  /// The text as written.
  public var message: String
  /// Empty for an ordinary post; `system_…` for the server's own.
  public var type: String
  /// What clients and integrations hang on it.
  public var props: Props
  /// The files that hang on it.
  public var fileIDs: [String]
  /// What is told of those files; some servers tell of none.
  public var files: [AttachedFile]

  /// The part of a post's `props` that we use.
  public struct Props: Sendable, Equatable {
    /// Whether a bot account wrote the post.
    public var fromBot = false
    /// Whether an incoming webhook wrote it.
    public var fromWebhook = false
    /// Whether a server plugin wrote it.
    public var fromPlugin = false
    /// The name that a webhook's post shows instead of the account's that made the webhook.
    public var overrideUsername = ""
    /// What the bot named the post when it made it; anybody can write such a name on a post of theirs.
    public var mark = ""
    /// Which run of a gateway made the post, beside the mark.
    public var instance = ""
    /// The message attachments.
    public var attachments: [Attachment] = []

    /// The keys under which a mark and an instance stand.
    static let markName = "edgecrab"
    static let instanceName = "edgecrab_instance"

    /// No props at all.
    public init() {}
  }

  /// A message attachment: a card under the text, as integrations send it.
  public struct Attachment: Sendable, Equatable {
    /// What stands above the card.
    public var pretext = ""
    /// The card's title.
    public var title = ""
    /// The card's text.
    public var text = ""
    /// The values of its fields that are texts.
    public var fields: [String] = []

    /// An empty card.
    public init() {}
  }

  /// Puts a post together; what is left out is empty.
  public init(
    id: String, createAt: Int64 = 0, updateAt: Int64 = 0, editAt: Int64 = 0, deleteAt: Int64 = 0, userID: String,
    channelID: String, rootID: String = "", originalID: String = "", remoteID: String = "", message: String,
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

  /// Whether the server wrote it (`PostType…` in Mattermost's `model/post.go`).
  public var isSystem: Bool { type.hasPrefix("system_") || type == "add_bot_teams_channels" }

  /// Whether its type is one of a plugin's own, such as `custom_calls`: only plugins can make such posts, and clients show
  /// them in ways of their own.
  public var isCustom: Bool { type.hasPrefix("custom_") }

  /// The name that a webhook's post shows in place of its account's, on one line; nil where it shows none.
  public var overrideName: String? {
    guard props.fromWebhook else { return nil }
    let name = props.overrideUsername.onOneLine(atMost: Limits.overrideNameScalarsMax)
    return name.isEmpty ? nil : name
  }

  /// The files that hang on it, each at least by its id.
  public var attachedFiles: [AttachedFile] {
    fileIDs.map { id in
      files.first { $0.id == id } ?? AttachedFile(id: id, name: "", mediaType: "", size: 0)
    }
  }

  /// The texts in which the server looks for mentions: the message, and the attachments' without their titles.
  public var mentioningTexts: [String] {
    [message] + props.attachments.flatMap { [$0.pretext, $0.text] + $0.fields }.filter { !$0.isEmpty }
  }

  /// Everything that can be read in it: the message and the attachments, a line each.
  public var readableText: String {
    ([message] + props.attachments.flatMap { [$0.pretext, $0.title, $0.text] + $0.fields })
      .filter { !$0.isEmpty }.joined(separator: "\n")
  }
}
