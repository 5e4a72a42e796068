import RuleEngine

extension RulesReader {
  /// The commands of a file that binds none itself: a bot must stop when it is told to, whoever wrote its rules.
  mutating func builtInCommands() -> [CommandBinding] {
    BuiltinCommand.allCases.map { command in
      let name = command.rawValue
      let aliases = command == .new ? ["reset"] : []
      // They stand nowhere, so that no finding about the file points at them.
      for taken in [name] + aliases { commandNames[taken] = (name, nil) }
      return CommandBinding(
        name: name, aliases: aliases, action: .builtin(command), place: source.place(.fileStart))
    }
  }
}
