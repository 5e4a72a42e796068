package import Core

/// A field whose values are names, in the order in which rules are looked up: the one that narrows most comes first.
package enum NameField: Int, Sendable, CaseIterable {
  case channel, user, command, team
}

extension NameField {
  /// Returns the name that an event shows for the field; `nil` if it has none. That of a command is `SlashCommand`'s.
  package func name(of event: Event, command: SlashCommand?) -> String? {
    switch self {
    case .channel: event.channel.name
    case .user: event.user.name
    case .command: command.map { String($0.name) }
    case .team: event.team?.rawValue
    }
  }
}

/// A value for each field of names.
struct ByName<Value> {
  var channel: Value
  var user: Value
  var command: Value
  var team: Value

  init(_ make: (NameField) throws -> Value) rethrows {
    channel = try make(.channel)
    user = try make(.user)
    command = try make(.command)
    team = try make(.team)
  }

  subscript(field: NameField) -> Value {
    get {
      switch field {
      case .channel: channel
      case .user: user
      case .command: command
      case .team: team
      }
    }
    set {
      switch field {
      case .channel: channel = newValue
      case .user: user = newValue
      case .command: command = newValue
      case .team: team = newValue
      }
    }
  }
}

extension ByName: Sendable where Value: Sendable {}
