package import Core

/// What an event must be like: everything that is stated here at once. What is nil or empty is not asked.
package struct Condition: Sendable, Equatable {
  /// Why the event concerns the bot: any of these.
  package var triggers: CaseSet<Trigger>?
  /// Which mentions count for the trigger `mention`; without such a trigger, how the bot must be mentioned.
  package var mention: MentionReach?
  /// The channel's kind: any of these.
  package var kinds: CaseSet<ChannelKind>?
  /// Who wrote it: any of these. A rule that asks for no author takes only people.
  package var authors: CaseSet<Author>?
  /// Whether files hang on it.
  package var hasFiles: Bool?
  /// Whether it came from another server. A rule that does not ask takes both.
  package var isRemote: Bool?
  /// Whether it opens a thread or replies in one.
  package var thread: ThreadPosition?
  /// Whether it is an edit that adds no mention. A rule that does not ask takes no edits.
  package var isEdit: Bool?
  /// The channel: any of these.
  package var channels: NameSet?
  /// The user: any of these.
  package var users: NameSet?

  @ColdStorage private var more: More

  /// What few rules ask.
  private struct More: DefaultInitializable {
    var teams: NameSet?
    var commands: Set<String>?
    var text: [TextTest] = []
    var time: TimeWindow?
    var not: [Condition] = []
    var any: [Condition] = []
  }

  /// States a condition; what is left out is not asked.
  package init(
    triggers: CaseSet<Trigger>? = nil, mention: MentionReach? = nil, channels: NameSet? = nil, teams: NameSet? = nil,
    users: NameSet? = nil, kinds: CaseSet<ChannelKind>? = nil, authors: CaseSet<Author>? = nil,
    commands: Set<String>? = nil, text: [TextTest] = [], hasFiles: Bool? = nil, isRemote: Bool? = nil,
    thread: ThreadPosition? = nil,
    isEdit: Bool? = nil, time: TimeWindow? = nil, not: [Condition] = [], any: [Condition] = []
  ) {
    self.triggers = triggers
    self.mention = mention
    self.kinds = kinds
    self.authors = authors
    self.hasFiles = hasFiles
    self.isRemote = isRemote
    self.thread = thread
    self.isEdit = isEdit
    self.channels = channels
    self.users = users
    _more = ColdStorage()
    more = More(teams: teams, commands: commands, text: text, time: time, not: not, any: any)
  }

  /// The team: any of these.
  package var teams: NameSet? {
    get { more.teams }
    set { more.teams = newValue }
  }
  /// The command: any of these names, aliases already resolved.
  package var commands: Set<String>? {
    get { more.commands }
    set { more.commands = newValue }
  }
  /// What the text must be like: all of these.
  package var text: [TextTest] {
    get { more.text }
    set { more.text = newValue }
  }
  /// When it was written.
  package var time: TimeWindow? {
    get { more.time }
    set { more.time = newValue }
  }
  /// None of these holds. The loader makes one of each key under `not`, so that none of the keys may hold.
  package var not: [Condition] {
    get { more.not }
    set { more.not = newValue }
  }
  /// At least one of these holds, where there are any.
  package var any: [Condition] {
    get { more.any }
    set { more.any = newValue }
  }
}

/// Why an event may concern the bot.
package enum Trigger: String, Sendable, CaseIterable {
  /// Its name was called.
  case mention
  /// It is a direct message.
  case dm
  /// It is slash text with a known prefix.
  case command
  /// It is a reply in a thread that the bot has posted in.
  case thread
  /// Anything at all.
  case message
}

/// Which mentions count.
package enum MentionReach: String, Sendable, CaseIterable {
  /// Only the bot's name.
  case direct
  /// The bot's name, and `@all`, `@channel` and `@here`.
  case channelWide = "channel-wide"
}

/// Where in a thread a post stands, as a rule asks for it.
package enum ThreadPosition: String, Sendable, CaseIterable {
  /// It stands in the channel itself.
  case root
  /// It replies in a thread.
  case reply
}

/// One test of an event's body: it holds when any of the patterns is found.
package struct TextTest: Sendable, Equatable {
  /// How the patterns are meant.
  package var kind: TextTestKind
  /// The texts, or regular expressions for `matches`.
  package var patterns: [String]
  /// Whether upper and lower case differ.
  package var isCaseSensitive: Bool

  /// States a test.
  package init(kind: TextTestKind, patterns: [String], isCaseSensitive: Bool = false) {
    self.kind = kind
    self.patterns = patterns
    self.isCaseSensitive = isCaseSensitive
  }
}

/// How a text test's patterns are meant.
package enum TextTestKind: String, Sendable, CaseIterable {
  /// The text stands anywhere.
  case contains
  /// It stands anywhere as a word of its own.
  case word
  /// The body begins with it.
  case startsWith = "starts_with"
  /// The body ends with it.
  case endsWith = "ends_with"
  /// The body is it.
  case equals
  /// The regular expression is found anywhere.
  case matches
}
