/// The commands and settings that an agent announces for a conversation.
package struct AgentControls: Sendable, Equatable {
  /// A slash command of the agent's own.
  package struct Command: Sendable, Equatable {
    /// Its name, without a prefix.
    package var name: String
    /// Its description, in the agent's words.
    package var purpose: String

    package init(name: String, purpose: String) {
      self.name = name
      self.purpose = purpose
    }
  }

  /// A setting with its current value and the values to choose from.
  package struct Setting: Sendable, Equatable {
    package struct Choice: Sendable, Equatable {
      /// Identifies the value to the agent.
      package var id: String
      /// The value's name for people.
      package var name: String

      package init(id: String, name: String) {
        self.id = id
        self.name = name
      }
    }

    /// The id of the current value.
    package var current: String
    package var choices: [Choice]

    package init(current: String, choices: [Choice]) {
      self.current = current
      self.choices = choices
    }

    /// Returns the choice with this id or name, or `nil`. Case counts only if two ids differ by nothing else.
    package func choice(_ typed: String) -> Choice? {
      choices.first { $0.id == typed }
        ?? choices.first { $0.id.lowercased() == typed.lowercased() || $0.name.lowercased() == typed.lowercased() }
    }
  }

  /// The settings that edgecrab has commands for.
  package enum Kind: String, Sendable, CaseIterable {
    /// The model that the agent uses.
    case model
    /// The mode of work, such as whether the agent asks for permission.
    case mode
  }

  package var commands: [Command]
  package var settings: [Kind: Setting]

  package init(commands: [Command] = [], settings: [Kind: Setting] = [:]) {
    self.commands = commands
    self.settings = settings
  }
}

/// The result of changing a setting of an agent.
package enum SelectionResult: Sendable, Equatable {
  /// The new value is in use.
  case applied
  /// The agent is not running; it gets the value with the next request.
  case deferred
  /// The agent refused, with this reason.
  case rejected(String)
  /// The agent has no such setting.
  case unsupported
}
