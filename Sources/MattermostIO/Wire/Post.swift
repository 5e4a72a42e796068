package import Core

/// A post as the server tells of it.
///
/// See "Post" in <https://developers.mattermost.com/api-documentation/>. Fields that we do not use are left out.
package struct Post: Sendable, Equatable {
  /// The post's id.
  package var id: String
  /// When it was written, in milliseconds since 1970 (UTC).
  package var createAt: Int64
  /// When anything about it changed last, in milliseconds since 1970 (UTC).
  package var updateAt: Int64
  /// When its text was edited last, in milliseconds since 1970 (UTC); 0 if never.
  package var editAt: Int64
  /// When it was deleted, in milliseconds since 1970 (UTC); 0 if it was not.
  package var deleteAt: Int64
  /// Not empty: this is what the post of that id said before it was edited.
  package var originalID: String
  /// Who wrote it. For a webhook, whoever made the webhook.
  package var userID: String
  /// The channel it stands in.
  package var channelID: String
  /// The first post of its thread; empty if it stands in the channel itself.
  package var rootID: String
  /// The server that it came from over a shared channel; empty for our own.
  package var remoteID: String
  /// The text as written.
  package var message: String
  /// Empty for an ordinary post; `system_…` for the server's own.
  package var type: String
  /// What clients and integrations hang on it.
  package var props: Props
  /// The files that hang on it.
  package var fileIDs: [String]
  /// What is told of those files; some servers tell of none.
  package var files: [AttachedFile]

  /// The part of a post's `props` that we use.
  package struct Props: Sendable, Equatable {
    /// Whether a bot account wrote the post.
    package var fromBot = false
    /// Whether an incoming webhook wrote it.
    package var fromWebhook = false
    /// Whether a server plugin wrote it.
    package var fromPlugin = false
    /// The name that a webhook's post shows instead of the account's that made the webhook.
    package var overrideUsername = ""
    /// What the bot named the post when it made it; anybody can write such a name on a post of theirs.
    package var mark = ""
    /// Which run of a gateway made the post, beside the mark.
    package var instance = ""
    /// The message attachments.
    package var attachments: [Attachment] = []

    /// The keys under which a mark and an instance stand.
    static let markName = "edgecrab"
    static let instanceName = "edgecrab_instance"

    /// No props at all.
    package init() {}
  }

  /// A message attachment: a card under the text, as integrations send it.
  package struct Attachment: Sendable, Equatable {
    /// What stands above the card.
    package var pretext = ""
    /// The card's title.
    package var title = ""
    /// The card's text.
    package var text = ""
    /// The values of its fields that are texts.
    package var fields: [String] = []

    /// An empty card.
    package init() {}
  }

  /// Puts a post together; what is left out is empty.
  package init(
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
  package var isSystem: Bool { type.hasPrefix("system_") || type == "add_bot_teams_channels" }

  /// Whether its type is one of a plugin's own, such as `custom_calls`: only plugins can make such posts, and clients show
  /// them in ways of their own.
  package var isCustom: Bool { type.hasPrefix("custom_") }

  /// The name that a webhook's post shows in place of its account's, on one line; nil where it shows none.
  package var overrideName: String? {
    guard props.fromWebhook else { return nil }
    let name = props.overrideUsername.singleLine(atMost: Limits.overrideNameScalarsMax)
    return name.isEmpty ? nil : name
  }

  /// The files that hang on it, each at least by its id.
  package var attachedFiles: [AttachedFile] {
    fileIDs.map { id in
      files.first { $0.id == id } ?? AttachedFile(id: id, name: "", mediaType: "", size: 0)
    }
  }

  /// The texts in which the server looks for mentions: the message, and the attachments' without their titles.
  package var mentioningTexts: [String] {
    [message] + props.attachments.flatMap { [$0.pretext, $0.text] + $0.fields }.filter { !$0.isEmpty }
  }

  /// Everything that can be read in it: the message and the attachments, a line each.
  package var readableText: String {
    ([message] + props.attachments.flatMap { [$0.pretext, $0.title, $0.text] + $0.fields })
      .filter { !$0.isEmpty }.joined(separator: "\n")
  }
}
