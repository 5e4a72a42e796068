/// A rule: a condition on events, and the action for those that match.
package struct Rule: Sendable, Equatable {
  /// Its name, unique in the file.
  package var name: String
  package var location: FileLocation
  package var when: Condition
  package var action: RuleAction
  package var mode: RuleMode
  package var session: SessionPolicy

  @ColdStorage private var more: More

  /// The members that are rarely stated.
  private struct More: DefaultInitializable {
    var reply = ReplyPolicy()
    var busy = BusyPolicy()
    var limit = LimitPolicy()
    var prompt: Template?
  }

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

  /// The destination and the form of the answer.
  package var reply: ReplyPolicy {
    get { more.reply }
    set { more.reply = newValue }
  }
  package var busy: BusyPolicy {
    get { more.busy }
    set { more.busy = newValue }
  }
  /// The limit on the messages of one user or channel.
  package var limit: LimitPolicy {
    get { more.limit }
    set { more.limit = newValue }
  }
  /// The text that the agent is sent; `nil` for the message alone.
  package var prompt: Template? {
    get { more.prompt }
    set { more.prompt = newValue }
  }
}

package enum RuleAction: Sendable, Equatable {
  /// An agent answers.
  case agent(String)
  /// A fixed text is posted.
  case say(Template)
  /// Nothing happens.
  case ignore
  /// The user is told that the bot does not answer.
  case deny(Template)
}

/// The effect of a rule that matches.
package enum RuleMode: String, Sendable, CaseIterable {
  /// It decides.
  case live
  /// Its decision is recorded beside the live one; it does nothing.
  case shadow
}

/// The conversation that an event belongs to, and when it ends.
package struct SessionPolicy: Sendable, Equatable, Decodable {
  package var scope: SessionScope
  /// Seconds without a message after which a new conversation begins; `nil` for never.
  package var idleSeconds: Int?
  /// Exchanges after which a new conversation begins; `nil` for never.
  package var turns: Int?
  /// The number of posts before its first message that the agent is shown; `nil` for none.
  package var context: Int?

  package init(scope: SessionScope = .channel, idleSeconds: Int? = nil, turns: Int? = nil, context: Int? = nil) {
    self.scope = scope
    self.idleSeconds = idleSeconds
    self.turns = turns
    self.context = context
  }
}

/// The users and channels that share a conversation.
package enum SessionScope: String, Sendable, CaseIterable, Decodable {
  /// Everyone in the channel.
  case channel
  /// Everyone in the thread.
  case thread
  /// The user, in all channels.
  case user
  /// The user, in this channel.
  case member
}

/// The destination and the form of an answer.
package struct ReplyPolicy: Sendable, Equatable {
  package var to: ReplyDestination
  /// True if the answer appears while it is written.
  package var stream: Bool
  /// The emoji that the question gets.
  package var reactions: ReplyReactions
  /// True if the answer begins with the user's name.
  package var mentionSender: Bool
  /// The most Unicode scalars of a post; longer answers are split.
  package var maxLength: Int

  /// The `max_length` of a rule that names none.
  package static let defaultMaxLength = 4_000

  package init(
    to: ReplyDestination = .auto, stream: Bool = false, reactions: ReplyReactions = .progress,
    mentionSender: Bool = false,
    maxLength: Int = defaultMaxLength
  ) {
    self.to = to
    self.stream = stream
    self.reactions = reactions
    self.mentionSender = mentionSender
    self.maxLength = maxLength
  }
}

/// The emoji that a question gets for the state of its answer, by the value of `reactions`.
package enum ReplyReactions: String, Sendable, CaseIterable {
  /// 👀 while the answer takes long, ❌ if the agent failed.
  case progress = "true"
  /// None.
  case off = "false"
  /// ✅ as well, if it has answered.
  case all
}

/// A turn in the store has it as in a rules file.
extension ReplyReactions: Decodable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let isOn = try? container.decode(Bool.self) {
      self = isOn ? .progress : .off
    } else if let value = ReplyReactions(rawValue: try container.decode(String.self)) {
      self = value
    } else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a value of `reactions`")
    }
  }
}

/// The channel or thread in which an answer is posted.
package enum ReplyDestination: String, Sendable, CaseIterable {
  /// In the thread of the question if it has one, else in the channel.
  case auto
  /// Always in a thread: the thread of the question, or one begun at its post.
  case thread
  /// Always in the channel itself.
  case channel
}

/// The treatment of a message that arrives while the session answers another.
package struct BusyPolicy: Sendable, Equatable, Decodable {
  package var mode: BusyMode
  /// The most messages that may wait.
  package var max: Int

  /// The `max` of a rule that names none.
  package static let defaultMax = 100

  package init(mode: BusyMode = .queue, max: Int = defaultMax) {
    self.mode = mode
    self.max = max
  }
}

/// The treatment of a message that arrives while the session answers another.
package enum BusyMode: String, Sendable, CaseIterable, Decodable {
  /// It waits.
  case queue
  /// The agent is sent it at once if possible; if not, it waits.
  case steer
  /// The running answer is stopped.
  case interrupt
  /// The user is told to try again later.
  case reject
}

/// The limits on the messages of one user and of one channel.
package struct LimitPolicy: Sendable, Equatable {
  /// The limit of each user; `nil` for none.
  package var perUser: Rate?
  /// The limit of each channel; `nil` for none.
  package var perChannel: Rate?

  package init(perUser: Rate? = nil, perChannel: Rate? = nil) {
    self.perUser = perUser
    self.perChannel = perChannel
  }
}

/// A number of messages in a number of seconds.
package struct Rate: Sendable, Equatable {
  package var count: Int
  package var seconds: Int

  package init(count: Int, seconds: Int) {
    self.count = count
    self.seconds = seconds
  }
}
