package import Core

/// A condition as it is written: an event matches it if every member that is stated holds; of a set, the event has to
/// have one value. Members that are `nil` or empty are not tested.
package struct Condition: Sendable, Equatable {
  /// The reasons for which the event concerns the bot.
  package var triggers: CaseSet<Trigger>?
  /// The mentions that count for the trigger `mention`; without that trigger, the way the bot must be mentioned.
  package var mention: MentionReach?
  package var channels: NameSet?
  package var users: NameSet?

  // The bits of all facts with a requirement, and of these the bits of the allowed values.
  private var asked: FactBits = []
  private var allowed: FactBits = []

  @ColdStorage private var more: More

  /// The requirements that are rare.
  private struct More: DefaultInitializable {
    var teams: NameSet?
    var commands: Set<String>?
    var text: [TextTest] = []
    var time: TimeWindow?
    var not: [Condition] = []
    var any: [Condition] = []
  }

  package init(
    triggers: CaseSet<Trigger>? = nil, mention: MentionReach? = nil, channels: NameSet? = nil, teams: NameSet? = nil,
    users: NameSet? = nil, kinds: CaseSet<ChannelKind>? = nil, authors: CaseSet<Author>? = nil,
    commands: Set<String>? = nil, text: [TextTest] = [], thread: ThreadPosition? = nil,
    flags: [ConditionKey: Bool] = [:], time: TimeWindow? = nil, not: [Condition] = [], any: [Condition] = []
  ) {
    self.triggers = triggers
    self.mention = mention
    self.channels = channels
    self.users = users
    _more = ColdStorage()
    more = More(teams: teams, commands: commands, text: text, time: time, not: not, any: any)
    if let kinds { self.kinds = kinds }
    if let authors { self.authors = authors }
    if let thread { self.thread = thread }
    for (key, value) in flags { self[flag: key] = value }
  }

  package var teams: NameSet? {
    get { more.teams }
    set { more.teams = newValue }
  }
  /// The names of commands, aliases already resolved.
  package var commands: Set<String>? {
    get { more.commands }
    set { more.commands = newValue }
  }
  /// The tests of the text, all of which must hold.
  package var text: [TextTest] {
    get { more.text }
    set { more.text = newValue }
  }
  /// The days and hours in which it was written.
  package var time: TimeWindow? {
    get { more.time }
    set { more.time = newValue }
  }
  /// None of these holds. The loader creates one condition for each key under `not`, so that none of the keys may hold.
  package var not: [Condition] {
    get { more.not }
    set { more.not = newValue }
  }
  /// At least one of these holds, if there are any.
  package var any: [Condition] {
    get { more.any }
    set { more.any = newValue }
  }
}

extension Condition {
  /// The values of a fact that are allowed; `nil` if there is no requirement on the fact.
  package subscript(domain: FactDomain) -> FactBits? {
    get { domain.all.isSubset(of: asked) ? allowed.intersection(domain.all) : nil }
    set {
      allowed.subtract(domain.all)
      if let newValue {
        asked.formUnion(domain.all)
        allowed.formUnion(newValue.intersection(domain.all))
      } else {
        asked.subtract(domain.all)
      }
    }
  }

  /// The values that exclude a match.
  var forbidden: FactBits { asked.subtracting(allowed) }

  package var kinds: CaseSet<ChannelKind>? {
    get { cases(.kind) }
    set { setCases(newValue, of: .kind) }
  }

  /// The kinds of author. A rule without this requirement matches only people.
  package var authors: CaseSet<Author>? {
    get { cases(.author) }
    set { setCases(newValue, of: .author) }
  }

  /// The position in a thread.
  package var thread: ThreadPosition? {
    get {
      guard let domain = ConditionKey.thread.field.domain else { return nil }
      return self[domain].flatMap { domain.options(within: $0).first }.flatMap { ThreadPosition(rawValue: $0.word) }
    }
    set {
      guard let domain = ConditionKey.thread.field.domain else { return }
      self[domain] = newValue.map { domain.bits(ofOptions: [$0.rawValue]) }
    }
  }

  /// The allowed values as cases: a domain has the order of its enumeration.
  private func cases<Case>(_ key: ConditionKey) -> CaseSet<Case>? {
    guard let domain = key.field.domain else { return nil }
    return self[domain].map { CaseSet(bits: UInt8(truncatingIfNeeded: $0.rawValue >> UInt32(domain.offset))) }
  }

  private mutating func setCases<Case>(_ cases: CaseSet<Case>?, of key: ConditionKey) {
    guard let domain = key.field.domain else { return }
    self[domain] = cases.map { FactBits(rawValue: UInt32($0.bits) << UInt32(domain.offset)) }
  }
}

/// A reason for which an event may concern the bot.
package enum Trigger: String, Sendable, CaseIterable {
  /// It mentions the bot.
  case mention
  /// It is a direct message.
  case dm
  /// It is slash text with a known prefix.
  case command
  /// It is a reply in a thread that the bot has posted in.
  case thread
  /// Every event.
  case message
}

/// The mentions that count.
package enum MentionReach: String, Sendable, CaseIterable {
  /// Only the bot's name.
  case direct
  /// The bot's name, and `@all`, `@channel` and `@here`.
  case channelWide = "channel-wide"
}

/// The position of a post in a thread.
package enum ThreadPosition: String, Sendable, CaseIterable {
  /// In the channel itself.
  case root
  /// A reply in a thread.
  case reply
}

/// One test of an event's body: it holds if any of the patterns is found.
package struct TextTest: Sendable, Equatable {
  package var kind: TextTestKind
  /// The texts, or regular expressions for `matches`.
  package var patterns: [String]
  package var isCaseSensitive: Bool

  package init(kind: TextTestKind, patterns: [String], isCaseSensitive: Bool = false) {
    self.kind = kind
    self.patterns = patterns
    self.isCaseSensitive = isCaseSensitive
  }
}

/// The comparison of a text test.
package enum TextTestKind: String, Sendable, CaseIterable {
  /// The body contains the text.
  case contains
  /// The body contains the text as a word of its own.
  case word
  /// The body begins with the text.
  case startsWith = "starts_with"
  /// The body ends with the text.
  case endsWith = "ends_with"
  /// The body is equal to the text.
  case equals
  /// The body contains a match of the regular expression.
  case matches
}
