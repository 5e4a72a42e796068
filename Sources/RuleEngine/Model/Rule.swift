/// One rule: when it matches, and what it does then.
public struct Rule: Sendable, Equatable {
  /// Its name, unique in the file.
  public var name: String
  /// Where it stands.
  public var place: SourcePlace
  /// What an event must be like.
  public var when: Condition
  /// What happens to the event.
  public var action: RuleAction
  /// Whether the rule acts or only records what it would have decided.
  public var mode: RuleMode
  /// Whose conversation the event belongs to.
  public var session: SessionPolicy

  @Rarely private var more: More

  /// What few rules say.
  private struct More: Beginning {
    var reply = ReplyPolicy()
    var busy = BusyPolicy()
    var limit = LimitPolicy()
    var prompt: Template?
  }

  /// Puts a rule together.
  public init(
    name: String, place: SourcePlace, when: Condition = Condition(), action: RuleAction,
    session: SessionPolicy = SessionPolicy(), reply: ReplyPolicy = ReplyPolicy(), busy: BusyPolicy = BusyPolicy(),
    limit: LimitPolicy = LimitPolicy(), mode: RuleMode = .live, prompt: Template? = nil
  ) {
    self.name = name
    self.place = place
    self.when = when
    self.action = action
    self.mode = mode
    self.session = session
    _more = Rarely()
    more = More(reply: reply, busy: busy, limit: limit, prompt: prompt)
  }

  /// Where and how the answer is posted.
  public var reply: ReplyPolicy {
    get { more.reply }
    set { more.reply = newValue }
  }
  /// What happens to a message that arrives while the session answers another.
  public var busy: BusyPolicy {
    get { more.busy }
    set { more.busy = newValue }
  }
  /// How much one user or channel may ask.
  public var limit: LimitPolicy {
    get { more.limit }
    set { more.limit = newValue }
  }
  /// What the agent is told around the message; nil gives it the message alone.
  public var prompt: Template? {
    get { more.prompt }
    set { more.prompt = newValue }
  }
}

/// What a rule does with an event: exactly one of these.
public enum RuleAction: Sendable, Equatable {
  /// An agent answers.
  case agent(String)
  /// A fixed text is posted.
  case say(Template)
  /// Nothing happens.
  case ignore
  /// The asker is told no.
  case deny(Template)
}

/// Whether a rule acts.
public enum RuleMode: String, Sendable, CaseIterable {
  /// It decides.
  case live
  /// It is decided and recorded beside the live decision, and does nothing.
  case shadow
}

/// Whose conversation an event belongs to, and for how long.
public struct SessionPolicy: Sendable, Equatable, Codable {
  /// Whose it is.
  public var scope: SessionScope
  /// Seconds without a message after which a new conversation begins; nil never.
  public var idleSeconds: Int?
  /// Exchanges after which a new conversation begins; nil never.
  public var turns: Int?
  /// How many posts before its first message a conversation is shown; nil none.
  public var context: Int?

  /// States a policy; the channel's conversation, for ever, unless said.
  public init(scope: SessionScope = .channel, idleSeconds: Int? = nil, turns: Int? = nil, context: Int? = nil) {
    self.scope = scope
    self.idleSeconds = idleSeconds
    self.turns = turns
    self.context = context
  }
}

/// Whose conversation it is.
public enum SessionScope: String, Sendable, CaseIterable, Codable {
  /// Everybody's in the channel.
  case channel
  /// Everybody's in the thread.
  case thread
  /// The user's, wherever they write.
  case user
  /// The user's in this channel.
  case member
}

/// Where and how an answer is posted.
public struct ReplyPolicy: Sendable, Equatable, Codable {
  /// Where it goes.
  public var to: ReplyPlace
  /// Whether the answer appears while it is written.
  public var stream: Bool
  /// Whether the question bears an emoji that says how it is with the answer.
  public var reactions: Bool
  /// Whether the answer begins with the asker's name.
  public var mentionSender: Bool
  /// The most Unicode scalars a post may hold before the answer is split.
  public var maxLength: Int

  /// The `max_length` of a rule that names none.
  public static let defaultMaxLength = 4_000

  /// States a policy.
  public init(
    to: ReplyPlace = .auto, stream: Bool = false, reactions: Bool = true, mentionSender: Bool = false,
    maxLength: Int = defaultMaxLength
  ) {
    self.to = to
    self.stream = stream
    self.reactions = reactions
    self.mentionSender = mentionSender
    self.maxLength = maxLength
  }
}

/// Where an answer goes.
public enum ReplyPlace: String, Sendable, CaseIterable, Codable {
  /// In the thread when asked in one, else in the channel.
  case auto
  /// Always in a thread: the asker's, or one begun at their post.
  case thread
  /// Always in the channel itself.
  case channel
}

/// What happens to a message that arrives while the session answers another.
public struct BusyPolicy: Sendable, Equatable, Codable {
  /// What happens.
  public var mode: BusyMode
  /// The most messages that may wait.
  public var max: Int

  /// The `max` of a rule that names none.
  public static let defaultMax = 100

  /// States a policy; a hundred may wait, first in first out, unless said.
  public init(mode: BusyMode = .queue, max: Int = defaultMax) {
    self.mode = mode
    self.max = max
  }
}

/// What happens to a message that arrives while the session answers another.
public enum BusyMode: String, Sendable, CaseIterable, Codable {
  /// It waits.
  case queue
  /// The agent is told at once where it can be, else it waits.
  case steer
  /// The running answer is stopped.
  case interrupt
  /// The asker is told to come back.
  case reject
}

/// How much one user or one channel may ask.
public struct LimitPolicy: Sendable, Equatable {
  /// For each user; nil is unlimited.
  public var perUser: Rate?
  /// For each channel; nil is unlimited.
  public var perChannel: Rate?

  /// States limits; none unless said.
  public init(perUser: Rate? = nil, perChannel: Rate? = nil) {
    self.perUser = perUser
    self.perChannel = perChannel
  }
}

/// So many in so long.
public struct Rate: Sendable, Equatable {
  /// How many.
  public var count: Int
  /// In how many seconds.
  public var seconds: Int

  /// States a rate.
  public init(count: Int, seconds: Int) {
    self.count = count
    self.seconds = seconds
  }
}
