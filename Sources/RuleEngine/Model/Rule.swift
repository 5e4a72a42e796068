/// One rule: when it matches, and what it does then.
package struct Rule: Sendable, Equatable {
  /// Its name, unique in the file.
  package var name: String
  /// Where it stands.
  package var location: FileLocation
  /// What an event must be like.
  package var when: Condition
  /// What happens to the event.
  package var action: RuleAction
  /// Whether the rule acts or only records what it would have decided.
  package var mode: RuleMode
  /// Whose conversation the event belongs to.
  package var session: SessionPolicy

  @ColdStorage private var more: More

  /// What few rules say.
  private struct More: DefaultInitializable {
    var reply = ReplyPolicy()
    var busy = BusyPolicy()
    var limit = LimitPolicy()
    var prompt: Template?
  }

  /// Puts a rule together.
  package init(
    name: String, location: FileLocation, when: Condition = Condition(), action: RuleAction,
    session: SessionPolicy = SessionPolicy(), reply: ReplyPolicy = ReplyPolicy(), busy: BusyPolicy = BusyPolicy(),
    limit: LimitPolicy = LimitPolicy(), mode: RuleMode = .live, prompt: Template? = nil
  ) {
    self.name = name
    self.location = location
    self.when = when
    self.action = action
    self.mode = mode
    self.session = session
    _more = ColdStorage()
    more = More(reply: reply, busy: busy, limit: limit, prompt: prompt)
  }

  /// Where and how the answer is posted.
  package var reply: ReplyPolicy {
    get { more.reply }
    set { more.reply = newValue }
  }
  /// What happens to a message that arrives while the session answers another.
  package var busy: BusyPolicy {
    get { more.busy }
    set { more.busy = newValue }
  }
  /// How much one user or channel may ask.
  package var limit: LimitPolicy {
    get { more.limit }
    set { more.limit = newValue }
  }
  /// What the agent is told around the message; nil gives it the message alone.
  package var prompt: Template? {
    get { more.prompt }
    set { more.prompt = newValue }
  }
}

/// What a rule does with an event: exactly one of these.
package enum RuleAction: Sendable, Equatable {
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
package enum RuleMode: String, Sendable, CaseIterable {
  /// It decides.
  case live
  /// It is decided and recorded beside the live decision, and does nothing.
  case shadow
}

/// Whose conversation an event belongs to, and for how long.
package struct SessionPolicy: Sendable, Equatable, Codable {
  /// Whose it is.
  package var scope: SessionScope
  /// Seconds without a message after which a new conversation begins; nil never.
  package var idleSeconds: Int?
  /// Exchanges after which a new conversation begins; nil never.
  package var turns: Int?
  /// How many posts before its first message a conversation is shown; nil none.
  package var context: Int?

  /// States a policy; the channel's conversation, for ever, unless said.
  package init(scope: SessionScope = .channel, idleSeconds: Int? = nil, turns: Int? = nil, context: Int? = nil) {
    self.scope = scope
    self.idleSeconds = idleSeconds
    self.turns = turns
    self.context = context
  }
}

/// Whose conversation it is.
package enum SessionScope: String, Sendable, CaseIterable, Codable {
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
package struct ReplyPolicy: Sendable, Equatable, Codable {
  /// Where it goes.
  package var to: ReplyDestination
  /// Whether the answer appears while it is written.
  package var stream: Bool
  /// Whether the question bears an emoji that says how it is with the answer.
  package var reactions: Bool
  /// Whether the answer begins with the asker's name.
  package var mentionSender: Bool
  /// The most Unicode scalars a post may hold before the answer is split.
  package var maxLength: Int

  /// The `max_length` of a rule that names none.
  package static let defaultMaxLength = 4_000

  /// States a policy.
  package init(
    to: ReplyDestination = .auto, stream: Bool = false, reactions: Bool = true, mentionSender: Bool = false,
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
package enum ReplyDestination: String, Sendable, CaseIterable, Codable {
  /// In the thread when asked in one, else in the channel.
  case auto
  /// Always in a thread: the asker's, or one begun at their post.
  case thread
  /// Always in the channel itself.
  case channel
}

/// What happens to a message that arrives while the session answers another.
package struct BusyPolicy: Sendable, Equatable, Codable {
  /// What happens.
  package var mode: BusyMode
  /// The most messages that may wait.
  package var max: Int

  /// The `max` of a rule that names none.
  package static let defaultMax = 100

  /// States a policy; a hundred may wait, first in first out, unless said.
  package init(mode: BusyMode = .queue, max: Int = defaultMax) {
    self.mode = mode
    self.max = max
  }
}

/// What happens to a message that arrives while the session answers another.
package enum BusyMode: String, Sendable, CaseIterable, Codable {
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
package struct LimitPolicy: Sendable, Equatable {
  /// For each user; nil is unlimited.
  package var perUser: Rate?
  /// For each channel; nil is unlimited.
  package var perChannel: Rate?

  /// States limits; none unless said.
  package init(perUser: Rate? = nil, perChannel: Rate? = nil) {
    self.perUser = perUser
    self.perChannel = perChannel
  }
}

/// So many in so long.
package struct Rate: Sendable, Equatable {
  /// How many.
  package var count: Int
  /// In how many seconds.
  package var seconds: Int

  /// States a rate.
  package init(count: Int, seconds: Int) {
    self.count = count
    self.seconds = seconds
  }
}
