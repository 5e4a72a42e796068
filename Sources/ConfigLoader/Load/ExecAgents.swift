import RuleEngine

extension RulesReader {
  /// Reads what an agent of a program needs.
  mutating func exec(_ fields: Fields) -> ExecSettings? {
    let command = value(Schema.ExecAgent.command, in: fields)
    let shell = value(Schema.ExecAgent.shell, in: fields)
    let environment = value(Schema.ExecAgent.env, in: fields) ?? []
    let folder = projectFolder(Schema.ProjectKeys.folder, Schema.ProjectKeys.worktree, in: fields)
    guard let program = command.map(ExecSettings.Program.command) ?? shell.map(ExecSettings.Program.shell) else {
      return nil
    }
    return ExecSettings(program: program, environment: environment, folder: folder)
  }
}

extension Values {
  /// A program and its arguments, each a word of its own.
  static let command: ValueReader<[String]> = ValueReader(type: .list(.text)) { node, key, reader in
    guard let words = reader.read(list(text), node, key) else { return nil }
    if words.isEmpty { reader.findings.add(.empty(key, expected: .list(.text), at: node.span)) }
    return words.isEmpty ? nil : words
  }

  /// Variables by their names.
  static let variables: ValueReader<[NamedValue]> = ValueReader(type: .named(.message, .plain)) { node, key, reader in
    reader.entries(node, key, as: .named(.message, .plain)).compactMap { entry in
      guard let name = reader.declaredName(entry) else { return nil }
      return reader.namedValue(message, entry, name)
    }
  }
}
