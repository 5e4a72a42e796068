/// Slash text: how it begins, and what each name does.
package struct Commands: Sendable, Equatable {
  /// The characters that begin a command.
  package var prefixes: [String]
  /// What happens to a name that nobody bound.
  package var unknown: UnknownCommand
  /// The names.
  package var bindings: [CommandBinding]

  /// States the commands; none are bound unless said.
  package init(prefixes: [String] = ["/", "!"], unknown: UnknownCommand = .hint, bindings: [CommandBinding] = []) {
    self.prefixes = prefixes
    self.unknown = unknown
    self.bindings = bindings
  }
}

/// What happens to slash text with a name that nobody bound.
package enum UnknownCommand: String, Sendable, CaseIterable {
  /// The asker is shown the nearest name, where they addressed the bot.
  case hint
  /// The agent gets it as an ordinary message.
  case agent
  /// Nothing.
  case ignore
}

/// A command and what it does.
package struct CommandBinding: Sendable, Equatable {
  /// Its name without a prefix, in lower case.
  package var name: String
  /// Other names for it.
  package var aliases: [String]
  /// What it does.
  package var action: CommandAction
  /// Who may use it.
  package var users: NameSet
  /// Where it stands.
  package var location: FileLocation

  /// Binds a command.
  package init(
    name: String, aliases: [String] = [], action: CommandAction, users: NameSet = .everyone, location: FileLocation
  ) {
    self.name = name
    self.aliases = aliases
    self.action = action
    self.users = users
    self.location = location
  }
}

/// What a command does.
package enum CommandAction: Sendable, Equatable {
  /// What edgecrab itself can do.
  case builtin(BuiltinCommand)
  /// An agent is asked, the rule's unless one is named.
  case prompt(Template, agent: String?)
  /// A fixed text is posted.
  case say(Template)
}

/// What edgecrab itself can do with a session.
package enum BuiltinCommand: String, Sendable, CaseIterable {
  case help, new, stop, retry, status, usage, hooks
}
