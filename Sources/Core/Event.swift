/// What happened in the chat, as the facts that a rule can ask for: one post, or one edit of a post.
///
/// An event is complete: deciding it needs no look-up, no clock and no network.
package struct Event: Sendable, Equatable {
  /// The post's id.
  package var post: String
  /// The team's id; empty in direct and group channels, which belong to no team.
  package var team: String
  /// Where it was written.
  package var channel: Channel
  /// The account that posted it.
  package var user: User
  /// The name under which a webhook's post shows itself in place of its account's: a claim, which any member can make.
  package var overrideName: String?
  /// What kind of author wrote it.
  package var author: Author
  /// Why the post concerns the bot by name.
  package var mention: Mention
  /// Where in a thread the post stands.
  package var thread: ThreadContext
  /// The message as written, an attachment's text included.
  package var text: String
  /// The message without the mention that opens it and without surrounding white space: what text conditions,
  /// commands and agents see.
  package var body: String
  /// Whether files hang on the post.
  package var hasFiles: Bool
  /// Those files, as far as they are known: a recorded event tells only whether there were any.
  package var files: [AttachedFile]
  /// Whether it came from another Mattermost server, over a channel that both share.
  package var isRemote: Bool
  /// Whether this is an edit that adds no mention. An edit that adds one is decided like a new post.
  package var isEdit: Bool
  /// When it happened, in milliseconds since 1970 (UTC), by the server's clock.
  package var milliseconds: Int64

  /// Puts the facts together; `body` follows from `text` and the bot's name.
  package init(
    post: String, team: String = "", channel: Channel, user: User, author: Author = .human,
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

/// A place where people write, as far as an event knows it.
package struct Channel: Sendable, Equatable {
  /// The channel's id.
  package var id: String
  /// Its name in links (`dev`), not its display name.
  package var name: String
  /// Which of the four kinds it is.
  package var kind: ChannelKind

  /// Names a channel.
  package init(id: String, name: String, kind: ChannelKind) {
    self.id = id
    self.name = name
    self.kind = kind
  }
}

/// The four kinds of channel that Mattermost has.
package enum ChannelKind: String, Sendable, CaseIterable {
  case `public`, `private`, group, direct

  /// What a channel is called in an example that names none: no rule is meant for a direct or group message by its name.
  package var exampleName: String {
    switch self {
    case .public, .private: "town-square"
    case .group: "a-group-message"
    case .direct: "a-direct-message"
    }
  }
}

/// Somebody who writes, as far as an event knows them.
package struct User: Sendable, Equatable {
  /// The user's id.
  package var id: String
  /// The user's name without the `@`.
  package var name: String

  /// Names a user.
  package init(id: String, name: String) {
    self.id = id
    self.name = name
  }
}

/// What kind of author wrote a post.
package enum Author: String, Sendable, CaseIterable {
  /// A person.
  case human
  /// Another bot account.
  case bot
  /// An incoming webhook, as the post claims: any member can post one that does.
  case webhook
  /// A server plugin, as the post claims.
  case plugin
  /// The server itself (`system_*` posts). Never reaches a rule.
  case system
  /// This bot. Never reaches a rule.
  case own
}

/// How a post calls the bot.
package enum Mention: String, Sendable, CaseIterable {
  /// Not at all.
  case none
  /// With everybody else: `@all`, `@channel` or `@here`.
  case channelWide = "channel-wide"
  /// By its name.
  case direct
}

/// Where in a thread a post stands.
package enum ThreadContext: Sendable, Equatable {
  /// It stands in the channel itself.
  case root
  /// It replies in the thread of the post `root`; `joined` says whether the bot has posted there before.
  case reply(root: String, joined: Bool)

  /// The id of the thread's root post, or nil in the channel itself.
  package var root: String? {
    if case .reply(let root, _) = self { root } else { nil }
  }
}
