/// A rules file as values: validated, with its groups expanded, ready to be compiled.
package struct RuleSet: Sendable, Equatable {
  /// The bot's name in the file's tests and for tools that ask no server; `nil` if the file does not state it. The
  /// gateway uses the name of its account instead.
  package var bot: String?
  package var access: Access
  /// The agents that rules and commands name.
  package var agents: [AgentDefinition]
  package var commands: Commands
  /// The rules, in the order in which they are evaluated.
  package var rules: [Rule]
  /// The policy for posts that come late or from programs.
  package var intake: IntakePolicy
  /// The limits on simultaneous answers of agents.
  package var turns: TurnLimits
  package var journal: JournalPolicy
  /// The tests of the file.
  package var tests: [RuleTest]

  package init(
    bot: String? = nil, access: Access = Access(), agents: [AgentDefinition] = [], commands: Commands = Commands(),
    rules: [Rule] = [],
    intake: IntakePolicy = IntakePolicy(), turns: TurnLimits = TurnLimits(), journal: JournalPolicy = JournalPolicy(),
    tests: [RuleTest] = []
  ) {
    self.bot = bot
    self.access = access
    self.agents = agents
    self.commands = commands
    self.rules = rules
    self.intake = intake
    self.turns = turns
    self.journal = journal
    self.tests = tests
  }
}

/// The users who may talk to the bot; tested before any rule.
package struct Access: Sendable, Equatable {
  package var users: NameSet
  /// The text for other users, posted in direct messages only; `nil` for none.
  package var denied: Template?
  /// The contact for users without access, for `{{admin}}`.
  package var admin: String?

  package init(users: NameSet = .everyone, denied: Template? = nil, admin: String? = nil) {
    self.users = users
    self.denied = denied
    self.admin = admin
  }
}

/// A line and column of a file.
package struct FileLocation: Sendable, Hashable, CustomStringConvertible {
  /// The file's path as the user gave it.
  package var file: String
  /// The line, from 1.
  package var line: Int { Int(lineNumber) }
  /// The column in Unicode scalars, from 1.
  package var column: Int { Int(columnNumber) }

  // 32 bits, since every rule has a location and no file has four billion lines.
  private let lineNumber: UInt32
  private let columnNumber: UInt32

  package init(file: String, line: Int, column: Int) {
    self.file = file
    lineNumber = UInt32(clamping: line)
    columnNumber = UInt32(clamping: column)
  }

  /// `file:line:column`.
  package var description: String { "\(file):\(line):\(column)" }
}

/// The limits on simultaneous answers of agents, over all conversations.
package struct TurnLimits: Sendable, Equatable {
  /// The most turns that run at once.
  package var max: Int
  /// The most of them that one user may have running.
  package var perUser: Int

  /// The `max` of a file that names none.
  package static let defaultMax = 64

  /// The `per_user` of a file that names none, so that one user leaves some turns to the others.
  package static func defaultPerUser(of max: Int) -> Int { Swift.max(1, max / 4) }

  /// Creates limits; by default, one user may have a quarter of the turns.
  package init(max: Int = defaultMax, perUser: Int? = nil) {
    self.max = max
    self.perUser = perUser ?? Self.defaultPerUser(of: max)
  }
}

/// The parts of a decision that the journal records, and the time for which it has them.
package struct JournalPolicy: Sendable, Equatable {
  /// True if decisions are recorded, with the facts of their events.
  package var facts: Bool
  /// True if messages are recorded as well.
  package var text: Bool
  /// Seconds after which an event is deleted.
  package var keepSeconds: Int
  /// The most events that are kept; the oldest are deleted first.
  package var maxEvents: Int

  /// The `keep` of a file that names none: thirty days, in seconds.
  package static let defaultKeepSeconds = 30 * 86_400

  /// The `max_events` of a file that names none: about 50 MB without texts.
  package static let defaultMaxEvents = 100_000

  package init(
    facts: Bool = true, text: Bool = false, keepSeconds: Int = defaultKeepSeconds, maxEvents: Int = defaultMaxEvents
  ) {
    self.facts = facts
    self.text = text
    self.keepSeconds = keepSeconds
    self.maxEvents = maxEvents
  }
}
