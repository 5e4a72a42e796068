/// Slash text: how it begins, and what each name does.
public struct Commands: Sendable, Equatable {
  /// The characters that begin a command.
  public var prefixes: [String]
  /// What happens to a name that nobody bound.
  public var unknown: UnknownCommand
  /// The names.
  public var bindings: [CommandBinding]

  /// States the commands; none are bound unless said.
  public init(prefixes: [String] = ["/", "!"], unknown: UnknownCommand = .hint, bindings: [CommandBinding] = []) {
    self.prefixes = prefixes
    self.unknown = unknown
    self.bindings = bindings
  }
}

/// What happens to slash text with a name that nobody bound.
public enum UnknownCommand: String, Sendable, CaseIterable {
  /// The asker is shown the nearest name, where they addressed the bot.
  case hint
  /// The agent gets it as an ordinary message.
  case agent
  /// Nothing.
  case ignore
}

/// A command and what it does.
public struct CommandBinding: Sendable, Equatable {
  /// Its name without a prefix, in lower case.
  public var name: String
  /// Other names for it.
  public var aliases: [String]
  /// What it does.
  public var action: CommandAction
  /// Who may use it.
  public var users: NameSet
  /// Where it stands.
  public var place: SourcePlace

  /// Binds a command.
  public init(
    name: String, aliases: [String] = [], action: CommandAction, users: NameSet = .everyone, place: SourcePlace
  ) {
    self.name = name
    self.aliases = aliases
    self.action = action
    self.users = users
    self.place = place
  }
}

/// What a command does.
public enum CommandAction: Sendable, Equatable {
  /// What edgecrab itself can do.
  case builtin(BuiltinCommand)
  /// An agent is asked, the rule's unless one is named.
  case prompt(Template, agent: String?)
  /// A fixed text is posted.
  case say(Template)
}

/// What edgecrab itself can do with a session.
public enum BuiltinCommand: String, Sendable, CaseIterable {
  case help, new, stop, retry, status, usage, hooks
}
