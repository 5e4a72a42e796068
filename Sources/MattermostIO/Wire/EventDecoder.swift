public import Vocabulary

/// Makes of a post what a rule can ask for.
public struct EventDecoder: Sendable {
  /// The account that the gateway runs as.
  public var bot: BotIdentity

  /// Decodes for a bot account.
  public init(bot: BotIdentity) {
    self.bot = bot
  }

  /// The event of a new post. `joined` says whether the bot has posted in the post's thread.
  public func event(of posted: PostedEvent, joined: Bool = false) -> Event {
    let name = posted.senderName.hasPrefix("@") ? String(posted.senderName.dropFirst()) : posted.senderName
    let channel = Channel(
      id: posted.post.channelID, name: posted.channelName, kind: ChannelKind(wire: posted.channelType))
    return event(
      of: posted.post, in: channel, team: posted.teamID, userName: name, mentioned: posted.mentions, joined: joined)
  }

  /// The event of a post that was read over REST, which tells neither its channel nor its author's name, nor whom the
  /// server counts as mentioned: the text decides.
  public func event(
    of post: Post, in channel: Channel, team: String, userName: String, mentioned: [String]? = nil,
    joined: Bool = false
  ) -> Event {
    let author = author(of: post)
    return Event(
      post: post.id, team: team, channel: channel,
      user: User(id: post.userID, name: author == .webhook ? post.webhookName ?? userName : userName), author: author,
      mention: mention(in: post, mentioned: mentioned), thread: post.threadPlace(joined: joined),
      text: post.readableText, botName: bot.name, files: post.attachedFiles, isRemote: !post.remoteID.isEmpty,
      milliseconds: post.createAt)
  }

  /// The event of an edited post. Its frame tells neither its channel nor its author's name, so the caller does.
  ///
  /// `earlier` is how the post called the bot before the edit; an edit counts as one that adds a mention only if that
  /// is known to have been less.
  public func event(
    ofEdited post: Post, in channel: Channel, team: String, userName: String, earlier: Mention? = nil,
    joined: Bool = false
  ) -> Event {
    let mention = mention(in: post, mentioned: nil)
    let addsMention = earlier.map { $0 < mention } ?? false
    return Event(
      post: post.id, team: team, channel: channel, user: User(id: post.userID, name: post.webhookName ?? userName),
      author: author(of: post), mention: mention, thread: post.threadPlace(joined: joined), text: post.readableText,
      botName: bot.name, files: post.attachedFiles, isRemote: !post.remoteID.isEmpty, isEdit: !addsMention,
      milliseconds: [post.editAt, post.updateAt].first { $0 > 0 } ?? post.createAt)
  }

  /// How a post calls the bot. What the server says outweighs what the text seems to say; but the server also counts
  /// as mentioned whom a direct message or a followed thread reaches, so the text must agree.
  public func mention(in post: Post, mentioned: [String]?) -> Mention {
    if let mentioned, !mentioned.contains(bot.id) { return .none }
    return post.mentioningTexts.map { MentionGrammar.mention(of: bot.name, in: $0) }.max() ?? .none
  }

  /// What kind of author wrote a post.
  public func author(of post: Post) -> Author {
    if post.userID == bot.id { return .own }
    if post.type.hasPrefix("system_") { return .system }
    if post.props.fromWebhook { return .webhook }
    if post.props.fromPlugin { return .plugin }
    return post.props.fromBot ? .bot : .human
  }
}

extension Post {
  fileprivate func threadPlace(joined: Bool) -> ThreadPlace {
    rootID.isEmpty ? .root : .reply(root: rootID, joined: joined)
  }

  fileprivate var webhookName: String? {
    props.fromWebhook && !props.overrideUsername.isEmpty ? props.overrideUsername : nil
  }
}

extension ChannelKind {
  /// Reads a channel's `type`. A type that we do not know is taken as the most guarded one a team has.
  public init(wire type: String) {
    self =
      switch type {
      case "O": .public
      case "D": .direct
      case "G": .group
      default: .private
      }
  }
}
