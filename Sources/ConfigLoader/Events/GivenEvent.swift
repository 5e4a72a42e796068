import Core

/// Where a given post stands, as a file says it.
enum GivenThread: String, CaseIterable, Sendable {
  case root, reply, joined
}

/// An event as a test or an event file gives it: what is nil has not been said.
struct GivenEvent: Sendable, Equatable {
  /// The name that the bot has in tests and event files if nobody says another.
  static let botName = "edgecrab"

  /// The id of a post that was given none.
  static let post = "post"

  var user: String?
  var channel: String?
  var team: String?
  var kind: ChannelKind?
  var author: Author?
  var mention: Mention?
  var thread: GivenThread?
  var text: String?
  var hasFiles: Bool?
  var isRemote: Bool?
  var isEdit: Bool?
  var milliseconds: Int64?

  // What only a recorded event has: ids beside names, and what cannot be worked out without the text.
  var post: String?
  var userID: String?
  var channelID: String?
  var teamID: String?
  var root: String?
  var overrideName: String?
  var body: String?

  /// The event, with what has not been said put in. Without ids, names stand for themselves, so that the event meets
  /// conditions as they are written.
  func event(_ defaults: EventDefaults) -> Event {
    let user = user ?? userID ?? defaults.user
    let kind = kind ?? .public
    let channel = channel ?? channelID ?? kind.exampleName
    let text = text ?? ""
    let root = root ?? "root"
    let thread: ThreadContext =
      switch thread ?? .root {
      case .root: .root
      case .reply: .reply(root: root, joined: false)
      case .joined: .reply(root: root, joined: true)
      }
    // A recorded line says itself how the bot was mentioned, and what its text is without that.
    let bot = post == nil ? defaults.bot : Self.botName
    var event = Event(
      post: post ?? Self.post, team: teamID ?? team ?? "",
      channel: Channel(id: channelID ?? channel, name: channel, kind: kind),
      user: User(id: userID ?? user, name: user), author: author ?? .human,
      mention: mention ?? MentionGrammar.mention(of: bot, in: text), thread: thread, text: text,
      botName: bot, hasFiles: hasFiles ?? false, isRemote: isRemote ?? false, isEdit: isEdit ?? false,
      overrideName: overrideName, milliseconds: milliseconds ?? defaults.milliseconds)
    if let body { event.body = body }
    return event
  }
}

/// What holds for an event of which a file does not say who wrote it, or when.
package struct EventDefaults: Sendable, Equatable {
  /// Who wrote it.
  package var user: String
  /// The bot's name.
  package var bot: String
  /// When, in milliseconds since 1970 (UTC).
  package var milliseconds: Int64

  /// States them.
  package init(user: String = "someone", bot: String = "edgecrab", milliseconds: Int64) {
    self.user = user
    self.bot = bot
    self.milliseconds = milliseconds
  }
}
