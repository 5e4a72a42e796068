/// A post, or an edit of a post, with all facts that rules can ask for.
///
/// An event is complete: deciding it needs no look-up, no clock and no network.
package struct Event: Sendable, Equatable {
  package var post: PostID
  /// The team; `nil` in direct and group channels, which belong to no team.
  package var team: TeamID?
  package var channel: Channel
  /// The account that posted it.
  package var user: User
  /// The name that a webhook's post shows in place of its account's. It is a claim that any member can make.
  package var overrideName: String?
  package var author: Author
  /// The strongest mention of the bot in the post.
  package var mention: Mention
  package var thread: ThreadContext
  /// The message as written, including the text of attachments.
  package var text: String
  /// The message without the mention that opens it and without surrounding white space. Text conditions, commands and
  /// agents see this text.
  package var body: String
  /// True if files are attached.
  package var hasFiles: Bool
  /// The attached files; empty in a recorded event, which only has `hasFiles`.
  package var files: [AttachedFile]
  /// True if it came from another Mattermost server through a shared channel.
  package var isRemote: Bool
  /// True if this is an edit that adds no mention. An edit that adds a mention is decided like a new post.
  package var isEdit: Bool
  /// The moment by the server's clock, in milliseconds since 1970 (UTC).
  package var milliseconds: Int64

  /// Creates an event, and derives `body` from `text` and the bot's name.
  package init(
    post: PostID, team: TeamID? = nil, channel: Channel, user: User, author: Author = .human,
    mention: Mention = .none, thread: ThreadContext = .root, text: String, botName: String,
    hasFiles: Bool = false, files: [AttachedFile] = [], isRemote: Bool = false, isEdit: Bool = false,
    overrideName: String? = nil, milliseconds: Int64
  ) {
    self.post = post
    self.team = team
    self.channel = channel
    self.user = user
    self.author = author
    self.mention = mention
    self.thread = thread
    self.text = text
    self.body = MentionGrammar.removingOpeningMention(of: botName, from: text)
    self.hasFiles = hasFiles || !files.isEmpty
    self.files = files
    self.isRemote = isRemote
    self.isEdit = isEdit
    self.overrideName = overrideName
    self.milliseconds = milliseconds
  }
}

/// The channel of an event.
package struct Channel: Sendable, Equatable {
  package var id: ChannelID
  /// The name in links (`dev`), not the display name.
  package var name: String
  package var kind: ChannelKind

  package init(id: ChannelID, name: String, kind: ChannelKind) {
    self.id = id
    self.name = name
    self.kind = kind
  }
}

/// The kinds of channel that Mattermost has.
package enum ChannelKind: String, Sendable, CaseIterable {
  case `public`, `private`, group, direct

  /// The index in `allCases`.
  package var index: Int {
    switch self {
    case .public: 0
    case .private: 1
    case .group: 2
    case .direct: 3
    }
  }

  /// A channel name for examples in which the rules name no channel. Rules do not name direct and group channels.
  package var exampleName: String {
    switch self {
    case .public, .private: "town-square"
    case .group: "a-group-message"
    case .direct: "a-direct-message"
    }
  }
}

extension String {
  /// True if this name of a channel consists of ids, which people do not know: a direct channel is named by two ids
  /// around `__`, a group channel by 40 hexadecimal digits.
  package var isChannelNameOfIDs: Bool { contains("__") || utf8.count == 40 }
}

/// The account that wrote a post.
package struct User: Sendable, Equatable {
  package var id: UserID
  /// The name without the `@`.
  package var name: String

  package init(id: UserID, name: String) {
    self.id = id
    self.name = name
  }
}

/// The kind of author that wrote a post.
package enum Author: String, Sendable, CaseIterable {
  /// A person.
  case human
  /// Another bot account.
  case bot
  /// An incoming webhook, as the post claims. Any member can post such a claim.
  case webhook
  /// A server plugin, as the post claims.
  case plugin
  /// The server itself (`system_*` posts). Never reaches a rule.
  case system
  /// This bot. Never reaches a rule.
  case own

  /// The index in `allCases`.
  package var index: Int {
    switch self {
    case .human: 0
    case .bot: 1
    case .webhook: 2
    case .plugin: 3
    case .system: 4
    case .own: 5
    }
  }
}

/// The ways to mention the bot, from the weakest to the strongest.
package enum Mention: String, Sendable, CaseIterable, Comparable {
  case none
  /// With all others: `@all`, `@channel` or `@here`.
  case channelWide = "channel-wide"
  /// By its name.
  case direct

  package static func < (one: Mention, other: Mention) -> Bool { one.strength < other.strength }

  private var strength: Int {
    switch self {
    case .none: 0
    case .channelWide: 1
    case .direct: 2
    }
  }
}

/// The position of a post in a thread.
package enum ThreadContext: Sendable, Equatable {
  /// The post is not a reply.
  case root
  /// The post is a reply in the thread of the post `root`. `joined` is true if the bot has posted in this thread.
  case reply(root: PostID, joined: Bool)

  /// The root post, or `nil` if the post is not a reply.
  package var root: PostID? {
    if case .reply(let root, _) = self { root } else { nil }
  }
}
