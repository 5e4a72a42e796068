package import Core

/// Makes of a post what a rule can ask for.
///
/// A post tells neither whether its author is a bot nor, where it shows another name, the author's own. Until the event is
/// `written(by:)` the author's account, its author is only what the post claims.
package struct EventDecoder: Sendable {
  /// The account that the gateway runs as.
  package var bot: BotIdentity

  /// Decodes for a bot account.
  package init(bot: BotIdentity) {
    self.bot = bot
  }

  /// The event of a new post. `joined` says whether the bot has posted in the post's thread.
  package func event(of posted: PostedEvent, joined: Bool = false) -> Event {
    let channel = Channel(
      id: posted.post.channelID, name: posted.channelName, kind: ChannelKind(wire: posted.channelType))
    return event(
      of: posted.post, in: channel, team: posted.teamID, userName: posted.accountName ?? posted.post.userID,
      mentioned: posted.mentions, joined: joined)
  }

  /// The event of a post that was read over REST, which tells neither its channel nor its author's name, nor whom the
  /// server counts as mentioned: the text decides.
  package func event(
    of post: Post, in channel: Channel, team: String, userName: String, mentioned: [String]? = nil,
    joined: Bool = false
  ) -> Event {
    Event(
      post: post.id, team: team, channel: channel, user: User(id: post.userID, name: userName),
      author: author(of: post), mention: mention(in: post, mentioned: mentioned),
      thread: post.threadPlace(joined: joined), text: post.readableText, botName: bot.name, files: post.attachedFiles,
      isRemote: !post.remoteID.isEmpty, overrideName: post.overrideName, milliseconds: post.createAt)
  }

  /// The event of an edited post. Its frame tells neither its channel nor its author's name, so the caller does.
  ///
  /// `earlier` is how the post called the bot before the edit; an edit counts as one that adds a mention only if that
  /// is known to have been less.
  package func event(
    ofEdited post: Post, in channel: Channel, team: String, userName: String, earlier: Mention? = nil,
    joined: Bool = false
  ) -> Event {
    let mention = mention(in: post, mentioned: nil)
    let addsMention = earlier.map { $0 < mention } ?? false
    return Event(
      post: post.id, team: team, channel: channel, user: User(id: post.userID, name: userName),
      author: author(of: post), mention: mention, thread: post.threadPlace(joined: joined), text: post.readableText,
      botName: bot.name, files: post.attachedFiles, isRemote: !post.remoteID.isEmpty, isEdit: !addsMention,
      overrideName: post.overrideName, milliseconds: [post.editAt, post.updateAt].first { $0 > 0 } ?? post.createAt)
  }

  /// How a post calls the bot. What the server says outweighs what the text seems to say; but the server also counts
  /// as mentioned whom a direct message or a followed thread reaches, so the text must agree.
  package func mention(in post: Post, mentioned: [String]?) -> Mention {
    if post.isCustom { return .none }
    if let mentioned, !mentioned.contains(bot.id) { return .none }
    return post.mentioningTexts.map { MentionGrammar.mention(of: bot.name, in: $0) }.max() ?? .none
  }

  /// What kind of author a post claims to be by. Its props are its author's to choose, and a bot's edit may take
  /// `from_bot` away: whether a bot wrote it, only the account tells.
  package func author(of post: Post) -> Author {
    if post.userID == bot.id { return .own }
    if post.isSystem { return .system }
    if post.isCustom { return .plugin }
    if post.props.fromWebhook { return .webhook }
    if post.props.fromPlugin { return .plugin }
    return post.props.fromBot ? .bot : .human
  }
}

extension Post {
  fileprivate func threadPlace(joined: Bool) -> ThreadContext {
    rootID.isEmpty ? .root : .reply(root: rootID, joined: joined)
  }
}

extension PostedEvent {
  /// The name of the account that posted; nil where the server shows another in its place.
  fileprivate var accountName: String? {
    if post.isSystem { return senderName }
    guard senderName.hasPrefix("@"), !post.props.fromWebhook, post.props.overrideUsername.isEmpty else { return nil }
    return String(senderName.dropFirst())
  }
}

extension Event {
  /// The event, its author being who the account says: its own name, and whether a bot or a person wrote it. What a post
  /// claims to be by a webhook or a plugin remains a claim.
  package func written(by account: UserRecord) -> Event {
    var event = self
    event.user.name = account.username
    if author == .human || author == .bot { event.author = account.isBot ? .bot : .human }
    return event
  }
}

extension ChannelKind {
  /// Reads a channel's `type`. A type that we do not know is taken as the most guarded one a team has.
  package init(wire type: String) {
    self =
      switch type {
      case "O": .public
      case "D": .direct
      case "G": .group
      default: .private
      }
  }
}
