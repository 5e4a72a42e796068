import RuleEngine

extension AgentType {
  static let exec = AgentType(
    name: "exec", sections: [Schema.ExecAgent.section], limits: Schema.ExecAgent.limits,
    kind: { fields, reader in
      let command = reader.value(Schema.ExecAgent.command, in: fields)
      let shell = reader.value(Schema.ExecAgent.shell, in: fields)
      let environment = reader.value(Schema.ExecAgent.env, in: fields) ?? []
      let folder = reader.projectFolder(in: fields)
      guard let program = command.map(ExecSettings.Program.command) ?? shell.map(ExecSettings.Program.shell) else {
        return nil
      }
      return .exec(ExecSettings(program: program, environment: environment, folder: folder))
    },
    written: { kind in
      guard case .exec(let settings) = kind else { return nil }
      let program =
        switch settings.program {
        case .command(let words): YAMLEntry("command", .list(words.map { .text($0) }))
        case .shell(let text): YAMLEntry("shell", .text(text))
        }
      return [program, .references("env", settings.environment)] + Schema.ProjectKeys.written(settings.folder)
    })
}

extension Schema {
  enum ExecAgent {
    static let type = Key("type", Values.word("exec"), isRequired: true, "A program that is run for each message.")
    static let command = Key(
      "command", Values.command, "The program and its arguments as a list; it is run without a shell.")
    static let shell = Key("shell", Values.text, "A script for `/bin/sh`.")
    static let env = Key(
      "env", Values.variables, otherwise: "none",
      "Variables for the program, in addition to `PATH`, `HOME`, the language and those about the message.")
    static let limits = LimitKeys(.program)
    static let section = SchemaSection(
      name: "exec agent", phrase: "an `exec` agent",
      keys: [type.row, command.row, shell.row, env.row] + ProjectKeys.rows + limits.rows,
      exactlyOne: ["command", "shell"])
  }
}

extension Values {
  /// A program and its arguments, each a word of its own.
  static let command: ValueReader<[String]> = ValueReader(type: .list(.text)) { node, key, reader in
    guard let words = reader.read(list(text), node, key) else { return nil }
    if words.isEmpty { reader.diagnostics.add(.empty(key, expected: .list(.text), at: node.span)) }
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

extension YAMLEntry {
  /// Returns a map of values, each written as references to its variables.
  static func references(_ key: String, _ values: [NamedValue]) -> YAMLEntry {
    values.isEmpty
      ? .note(key, "none") : YAMLEntry(key, .map(values.map { YAMLEntry($0.name, .reference($0.written)) }))
  }
}
