import RuleEngine

extension RulesReader {
  /// Returns the built-in commands that are there beside those that the file states: all but those that it removes, and
  /// those whose names it gives to commands of its own. A bot must stop when it is told to, whoever wrote its rules.
  mutating func builtInCommands() -> [CommandBinding] {
    BuiltinCommand.allCases.compactMap { command in
      let name = command.rawValue
      guard removedCommands[name] == nil, keptCommands.contains(name) || commandNames[name] == nil else { return nil }
      // One that the file does not name has no place in it, so that no finding points at it.
      if commandNames[name] == nil { commandNames[name] = (name, nil) }
      let aliases = command.aliases.filter { commandNames[$0] == nil }
      for alias in aliases { commandNames[alias] = (name, nil) }
      return CommandBinding(
        name: name, aliases: aliases, action: .builtin(command),
        location: source.location(of: commandNames[name]?.span ?? .fileStart))
    }
  }
}

extension BuiltinCommand {
  /// The other names that it has by itself.
  private static let aliases: [BuiltinCommand: [String]] = [.new: ["reset"]]

  fileprivate var aliases: [String] { Self.aliases[self] ?? [] }
}
