package import Core

/// Converts posts into the events that rules are matched against.
///
/// A post does not reveal whether its author is a bot, nor the author's name if it shows another one. Until the
/// author's account is applied with `Event.written(by:)`, the author of an event is only what the post claims.
package struct EventDecoder: Sendable {
  package var bot: BotIdentity

  package init(bot: BotIdentity) {
    self.bot = bot
  }

  /// Returns the event of a new post.
  ///
  /// - Parameter joined: Whether the bot has posted in the thread of the post.
  package func event(of posted: PostedEvent, joined: Bool = false) -> Event {
    let channel = Channel(
      id: posted.post.channelID, name: posted.channelName, kind: ChannelKind(wire: posted.channelType))
    return event(
      of: posted.post, in: channel, team: posted.teamID, userName: posted.accountName ?? posted.post.userID.rawValue,
      mentioned: posted.mentions, joined: joined)
  }

  /// Returns the event of a post that was read over REST, which contains neither its channel nor its author's name.
  ///
  /// - Parameter mentioned: The users that the server counts as mentioned, or `nil` if only the text
  ///   decides.
  package func event(
    of post: Post, in channel: Channel, team: TeamID?, userName: String, mentioned: [UserID]? = nil,
    joined: Bool = false
  ) -> Event {
    Event(
      post: post.id, team: team, channel: channel, user: User(id: post.userID, name: userName),
      author: author(of: post), mention: mention(in: post, mentioned: mentioned),
      thread: post.threadContext(joined: joined), text: post.readableText, botName: bot.name, files: post.attachedFiles,
      isRemote: !post.remoteID.isEmpty, overrideName: post.overrideName, milliseconds: post.createAt)
  }

  /// Returns the event of an edited post. Its frame contains neither its channel nor its author's name.
  ///
  /// - Parameter earlier: The mention of the bot before the edit, if known. Only an edit that is known to add a mention
  ///   counts as one.
  package func event(
    ofEdited post: Post, in channel: Channel, team: TeamID?, userName: String, earlier: Mention? = nil,
    joined: Bool = false
  ) -> Event {
    let mention = mention(in: post, mentioned: nil)
    let addsMention = earlier.map { $0 < mention } ?? false
    return Event(
      post: post.id, team: team, channel: channel, user: User(id: post.userID, name: userName),
      author: author(of: post), mention: mention, thread: post.threadContext(joined: joined), text: post.readableText,
      botName: bot.name, files: post.attachedFiles, isRemote: !post.remoteID.isEmpty, isEdit: !addsMention,
      overrideName: post.overrideName, milliseconds: [post.editAt, post.updateAt].first { $0 > 0 } ?? post.createAt)
  }

  /// Returns how a post mentions the bot.
  ///
  /// The bot is not mentioned if the server says so. If the server says that it is, the text decides, because the
  /// server also counts the receivers of a direct message and the followers of a thread as mentioned.
  package func mention(in post: Post, mentioned: [UserID]?) -> Mention {
    if post.isCustom { return .none }
    if let mentioned, !mentioned.contains(bot.id) { return .none }
    return post.mentioningTexts.map { MentionGrammar.mention(of: bot.name, in: $0) }.max() ?? .none
  }

  /// Returns the kind of author that a post claims to have. Its author chooses its props, and can remove `from_bot`
  /// with an edit: only the account proves that a bot wrote it.
  package func author(of post: Post) -> Author {
    if post.userID == bot.id { return .own }
    if post.isSystem { return .system }
    if post.isCustom { return .plugin }
    if post.props.fromWebhook { return .webhook }
    if post.props.fromPlugin { return .plugin }
    return post.props.fromBot ? .bot : .human
  }
}

/// The account of the bot.
package struct BotIdentity: Sendable, Equatable {
  package var id: UserID
  /// The user name without `@`.
  package var name: String

  package init(id: UserID, name: String) {
    self.id = id
    self.name = name
  }
}

extension Post {
  fileprivate func threadContext(joined: Bool) -> ThreadContext {
    rootID.map { .reply(root: $0, joined: joined) } ?? .root
  }
}

extension PostedEvent {
  /// The user name of the author, or `nil` if the server sends the name that the post shows instead.
  fileprivate var accountName: String? {
    if post.isSystem { return senderName }
    guard senderName.hasPrefix("@"), !post.props.fromWebhook, post.props.overrideUsername.isEmpty else { return nil }
    return String(senderName.dropFirst())
  }
}

extension Event {
  /// Returns the event with the user name of the author's account, and with the author `human` or `bot` according to
  /// it. A webhook or a plugin remains a claim of the post.
  package func written(by account: UserRecord) -> Event {
    var event = self
    event.user.name = account.username
    if author == .human || author == .bot { event.author = account.isBot ? .bot : .human }
    return event
  }
}

extension ChannelKind {
  /// Creates the kind from the `type` of a channel. An unknown type counts as private.
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
