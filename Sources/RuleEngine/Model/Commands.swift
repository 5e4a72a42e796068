import Core

/// The commands of a rules file.
package struct Commands: Sendable, Equatable {
  /// The characters that begin a command.
  package var prefixes: [String]
  package var unknown: UnknownCommand
  package var bindings: [CommandBinding]

  package init(prefixes: [String] = ["/", "!"], unknown: UnknownCommand = .hint, bindings: [CommandBinding] = []) {
    self.prefixes = prefixes
    self.unknown = unknown
    self.bindings = bindings
  }
}

/// The treatment of a command whose name is not bound.
package enum UnknownCommand: String, Sendable, CaseIterable {
  /// The user is shown the nearest name, if they addressed the bot.
  case hint
  /// The agent gets it as an ordinary message.
  case agent
  case ignore
}

/// A command and its action.
package struct CommandBinding: Sendable, Equatable {
  /// Its name without a prefix, in lower case.
  package var name: String
  /// Other names for it.
  package var aliases: [String]
  package var action: CommandAction
  /// The users who may run it.
  package var users: NameSet
  package var location: FileLocation

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

package enum CommandAction: Sendable, Equatable {
  /// One of edgecrab's own commands.
  case builtin(BuiltinCommand)
  /// An agent is asked: the named one, or else that of the rule.
  case prompt(Template, agent: String?)
  /// A fixed text is posted.
  case say(Template)
}

/// A command that edgecrab carries out itself.
package enum BuiltinCommand: String, Sendable, CaseIterable {
  case help, new, stop, retry, status, usage, hooks

  /// The row of a command: everything but its handler.
  package struct Definition: Sendable {
    /// The sentence of `!help`.
    package let summary: String
    /// Its aliases, unless the file uses them otherwise.
    package var aliases: [String] = []
  }

  package var definition: Definition {
    switch self {
    case .help: Definition(summary: "Shows this list")
    case .new: Definition(summary: "Starts a new conversation and forgets this one", aliases: ["reset"])
    case .stop: Definition(summary: "Stops the running answer and drops waiting messages")
    case .retry: Definition(summary: "Sends your last message to the agent again")
    case .status: Definition(summary: "Shows what is running and waiting")
    case .usage: Definition(summary: "Shows how many answers and tokens were used")
    case .hooks: Definition(summary: "Lists the loaded hooks")
    }
  }
}

extension Commands {
  /// The index of the binding of each name and alias.
  package var indices: [String: Int] {
    var indices: [String: Int] = [:]
    for (index, binding) in bindings.enumerated() {
      for name in [binding.name] + binding.aliases { indices[name] = index }
    }
    return indices
  }

  /// Returns the bound name or alias that is nearest to a mistyped one, or `nil`.
  package func nearest(to typed: Substring) -> String? {
    Spelling.nearest(to: typed, among: bindings.flatMap { [$0.name] + $0.aliases })
  }
}
