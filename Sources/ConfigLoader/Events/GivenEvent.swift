package import Core
package import RuleEngine

/// An event as a test or an event file states it; a property is `nil` if it is not stated.
struct GivenEvent: Sendable, Equatable {
  /// The name that the bot has in tests and event files if none is stated.
  static let botName = "edgecrab"

  /// The id of a post if none is stated.
  static let post: PostID = "post"

  var user: String?
  var channel: String?
  var team: String?
  var text: String?
  var milliseconds: Int64?
  /// The values of facts, as tests and event files write them.
  var facts: [ConditionKey: String] = [:]

  // Only of a recorded event: ids beside names, and the facts that cannot be derived without the text.
  var post: PostID?
  var userID: UserID?
  var channelID: ChannelID?
  /// The id of the team; empty if the event is in none.
  var teamID: String?
  var root: PostID?
  var overrideName: String?
  var body: String?

  var kind: ChannelKind { facts[.kind].flatMap(ChannelKind.init(rawValue:)) ?? .public }

  /// Returns the event, completed by `defaults`. Without ids, names are used as ids, so that the event satisfies
  /// conditions as they are written.
  func event(_ defaults: EventDefaults) -> Event {
    let user = user ?? userID?.rawValue ?? defaults.user
    let channel = channel ?? channelID?.rawValue ?? kind.exampleName
    let text = text ?? ""
    // A recorded line states how the bot was mentioned, and the text without that.
    let bot = post == nil ? defaults.bot : Self.botName
    var event = Event(
      post: post ?? Self.post, team: TeamID(nonEmpty: teamID ?? team ?? ""),
      channel: Channel(id: channelID ?? ChannelID(channel), name: channel, kind: kind),
      user: User(id: userID ?? UserID(user), name: user), mention: MentionGrammar.mention(of: bot, in: text),
      text: text,
      botName: bot, overrideName: overrideName, milliseconds: milliseconds ?? defaults.milliseconds)
    for (key, domain) in Field.facts where key != .kind {
      if let value = facts[key].flatMap(domain.index) { domain.set(value, in: &event) }
    }
    if let root, case .reply(_, let isJoined) = event.thread { event.thread = .reply(root: root, joined: isJoined) }
    if let body { event.body = body }
    return event
  }
}

/// The values of an event that a file does not state.
package struct EventDefaults: Sendable, Equatable {
  /// The author.
  package var user: String
  /// The bot's name.
  package var bot: String
  /// The time in milliseconds since 1970 (UTC).
  package var milliseconds: Int64

  package init(user: String = "someone", bot: String = "edgecrab", milliseconds: Int64) {
    self.user = user
    self.bot = bot
    self.milliseconds = milliseconds
  }
}

extension Event {
  /// Returns the event as a test's `given`, by names, without the defaults.
  ///
  /// - Parameters:
  ///   - withMoment: whether the time is stated, to the second.
  ///   - bot: the bot's name in the text.
  package func given(withMoment: Bool, bot: String) -> JSON {
    let members = Field.given.compactMap { field in
      given(field, bot: bot).map { JSON.Member(key: field.key.rawValue, value: $0) }
    }
    guard withMoment else { return .object(members) }
    let moment = Timestamp(milliseconds: milliseconds).rfc3339
    return .object(members + [JSON.Member(key: EventLineKey.at.rawValue, value: .string(moment))])
  }

  private func given(_ field: Field, bot: String) -> JSON? {
    let fallback: JSON?
    switch field.key {
    case .user: return .string(user.name)
    case .text: return .string(text)
    case .channel: return channel.name == channel.kind.exampleName ? nil : .string(channel.name)
    case .team: return team.map { .string($0.rawValue) }
    case .mention: fallback = .string(MentionGrammar.mention(of: bot, in: text).rawValue)
    default: fallback = field.given?.fallback
    }
    guard let value = field.domain?.json(of: self), value != fallback else { return nil }
    return value
  }
}

extension FactDomain {
  /// Returns the value of an event as tests and event files write it.
  package func json(of event: Event) -> JSON {
    let word = value(of: event).word
    return isFlag ? .bool(word == "true") : .string(word)
  }
}

/// The name that the bot is assumed to have if no server is asked, and the source of that name.
package struct AssumedBot: Sendable, Equatable {
  /// The name.
  package let name: String
  private let isOfLastStart: Bool

  /// Selects the first of these that is known, else `edgecrab`.
  ///
  /// - Parameters:
  ///   - said: the name of the command line.
  ///   - rules: the rules, which may name it.
  ///   - lastStart: the name of the gateway's account when it was started last.
  package init(said: String?, rules: RuleSet, lastStart: String?) {
    name = said ?? rules.bot ?? lastStart ?? GivenEvent.botName
    isOfLastStart = said == nil && rules.bot == nil && lastStart != nil
  }

  /// Selects the name that tests of these rules were loaded with.
  init(of rules: RuleSet) { self.init(said: nil, rules: rules, lastStart: nil) }

  /// Returns a note on the mentions of an event that was made up, or `nil` if they are clear: that the text mentions
  /// another user than the bot, or that the bot's name was taken from the last start.
  package func note(on event: Event) -> String? {
    guard event.channel.kind != .direct, let mentioned = MentionGrammar.firstNameMentioned(in: event.text) else {
      return nil
    }
    let source = isOfLastStart ? ", its name at the last start (--bot says another)" : ""
    if event.mention == .direct {
      return isOfLastStart ? "the bot is @\(name.printable) here\(source)" : nil
    }
    return "the text mentions @\(mentioned.printable), not the bot, which is @\(name.printable) here\(source)"
  }
}

extension AssumedBot {
  /// Returns a user name without its sign and in lower case, or `nil` if `text` is not one.
  package static func name(_ text: String) -> String? { text[...].name(.user) }
}
