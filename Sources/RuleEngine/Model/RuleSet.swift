/// A whole rules file as values, checked and with its groups written out: what compiling starts from.
package struct RuleSet: Sendable, Equatable {
  /// The bot's name in the file's tests and for tools that ask no server; `nil` if the file does not say it. The gateway
  /// takes the name of its account instead.
  package var bot: String?
  /// Who may talk to the bot at all.
  package var access: Access
  /// The agents that rules and commands name.
  package var agents: [AgentDefinition]
  /// Slash text and what it does.
  package var commands: Commands
  /// The rules, in the order in which they are asked.
  package var rules: [Rule]
  /// What is done about posts that come late or from programs.
  package var intake: IntakePolicy
  /// How many messages agents answer at once.
  package var turns: TurnLimits
  /// What is recorded of the decisions.
  package var journal: JournalPolicy
  /// The expectations that the file states about itself.
  package var tests: [RuleTest]

  /// Puts a rule set together.
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

/// The question that is asked before any rule: may this user talk to the bot?
package struct Access: Sendable, Equatable {
  /// Who may.
  package var users: NameSet
  /// What the others are told, in a direct message only; nil says nothing.
  package var denied: Template?
  /// The user to turn to, for `{{admin}}`.
  package var admin: String?

  /// States who may talk to the bot; everyone unless said.
  package init(users: NameSet = .everyone, denied: Template? = nil, admin: String? = nil) {
    self.users = users
    self.denied = denied
    self.admin = admin
  }
}

/// A place in a file, for messages that name it.
package struct FileLocation: Sendable, Hashable, CustomStringConvertible {
  /// The file's path as the user gave it.
  package var file: String
  /// The line, from 1.
  package var line: Int { Int(lineNumber) }
  /// The column in Unicode scalars, from 1.
  package var column: Int { Int(columnNumber) }

  // Every rule has a place, and no file has four billion lines.
  private let lineNumber: UInt32
  private let columnNumber: UInt32

  /// Names a place.
  package init(file: String, line: Int, column: Int) {
    self.file = file
    lineNumber = UInt32(clamping: line)
    columnNumber = UInt32(clamping: column)
  }

  /// `file:line:column`.
  package var description: String { "\(file):\(line):\(column)" }
}
