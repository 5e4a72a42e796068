/// What an agent lets people choose beside its answers, as it announces it.
package struct AgentControls: Sendable, Equatable {
  /// A command of the agent's own.
  package struct Command: Sendable, Equatable {
    /// Its name, without a prefix.
    package var name: String
    /// What it does, as the agent says it.
    package var purpose: String

    /// Names a command.
    package init(name: String, purpose: String) {
      self.name = name
      self.purpose = purpose
    }
  }

  /// Something that has several values, of which one is in force.
  package struct Setting: Sendable, Equatable {
    /// A value to choose.
    package struct Choice: Sendable, Equatable {
      /// What it is chosen by.
      package var id: String
      /// What the agent calls it.
      package var name: String

      /// Names a value.
      package init(id: String, name: String) {
        self.id = id
        self.name = name
      }
    }

    /// The id of the value that is in force.
    package var current: String
    /// All values.
    package var choices: [Choice]

    /// States a setting.
    package init(current: String, choices: [Choice]) {
      self.current = current
      self.choices = choices
    }

    /// Returns the value that somebody means by its id or name.
    package func choice(_ typed: String) -> Choice? {
      choices.first { $0.id == typed }
        ?? choices.first { $0.id.lowercased() == typed.lowercased() || $0.name.lowercased() == typed.lowercased() }
    }
  }

  /// What can be set.
  package enum Kind: String, Sendable, CaseIterable {
    /// Which model the agent asks.
    case model
    /// How the agent works, and whether it asks for permission.
    case mode
  }

  /// The commands of its own.
  package var commands: [Command]
  /// What can be set.
  package var settings: [Kind: Setting]

  /// States an offer.
  package init(commands: [Command] = [], settings: [Kind: Setting] = [:]) {
    self.commands = commands
    self.settings = settings
  }
}

/// What came of choosing a value.
package enum SelectionResult: Sendable, Equatable {
  /// It is in force.
  case made
  /// The agent does not run now: it is in force from its next answer on.
  case kept
  /// The agent refuses it, in these words.
  case refused(String)
  /// The agent has nothing of the kind.
  case unknown
}
