import RuleEngine

extension Values {
  static let commands: ValueReader<Commands> = ValueReader(type: .section("commands")) { node, key, reader in
    guard let fields = reader.fields(node, as: Schema.CommandsMap.section, key) else { return nil }
    var commands = Commands()
    if let prefixes = reader.value(Schema.CommandsMap.prefixes, in: fields) { commands.prefixes = prefixes }
    if let unknown = reader.value(Schema.CommandsMap.unknown, in: fields) { commands.unknown = unknown }
    let bound = reader.value(Schema.CommandsMap.bind, in: fields) ?? []
    let unnamed = reader.builtInCommands()
    commands.bindings = bound + unnamed
    if fields[Schema.CommandsMap.bind] != nil {
      reader.addedCommands = unnamed.map(\.name).filter { reader.commandNames[$0]?.span == nil }
    }
    return commands
  }

  static let prefixes = oneOrMany(prefix).map { prefixes in
    prefixes.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
  }

  /// Reads a punctuation mark that does not start a name (`@`) or code.
  private static let prefix: ValueReader<String> = ValueReader(type: .prefix) { node, key, reader in
    guard let text = reader.read(text(as: .prefix), node, key) else { return nil }
    let marks = ##"!"#$%&'()*+,-./:;<=>?[\]^_{|}~"##
    guard text.count == 1, marks.contains(text) else {
      reader.diagnostics.add(.badPrefix(text, at: node.span))
      return nil
    }
    return text
  }

  /// Reads the commands of the file, without the built-in ones that it only keeps.
  static let bindings: ValueReader<[CommandBinding]> = ValueReader(
    type: .named(.either([.section("command"), .boolean]), .command)
  ) { node, key, reader in
    if case .mapping = node.value {} else { reader.unreadNames.insert(.command) }
    let all = reader.entries(node, key, as: .named(.section("command"), .command))
    let entries = all.filter { entry in !reader.keepsOrRemoves(entry) }
    // Names first, so that an alias equal to a name is reported in any order.
    for entry in entries { reader.declareCommand(entry.key, of: entry.key, at: entry.keySpan) }
    return entries.compactMap { entry in
      reader.read(binding, entry.value, entry.key).map { binding in
        var binding = binding
        binding.name = entry.key
        binding.location = reader.source.location(of: entry.keySpan)
        return binding
      }
    }
  }

  private static let binding: ValueReader<CommandBinding> = ValueReader(type: .section("command")) {
    node, key, reader in
    guard let fields = reader.fields(node, as: Schema.Binding.section, key) else { return nil }
    let aliases = reader.value(Schema.Binding.aliases, in: fields) ?? []
    for (alias, span) in aliases { reader.declareCommand(alias, of: key, at: span) }
    let users = reader.value(Schema.Binding.users, in: fields) ?? .everyone
    let action = reader.commandAction(fields)
    return action.map {
      CommandBinding(
        name: key, aliases: aliases.map(\.name), action: $0, users: users,
        location: reader.source.location(of: node.span))
    }
  }

  /// Reads aliases, with their spans.
  static let commandNames = oneOrMany(
    ValueReader<(name: String, span: SourceSpan)>(type: .name(.command)) { node, key, reader in
      reader.read(text, node, key).map { ($0, node.span) }
    })

  /// Reads the name or an alias of a bound command, and returns its name.
  static let boundCommand: ValueReader<String> = ValueReader(type: .name(.command)) { node, key, reader in
    guard let name = reader.read(text(as: .name(.command)), node, key) else { return nil }
    guard let known = reader.commandNames[name] else {
      if reader.unreadNames.contains(.command) { return nil }
      let removed = reader.removedCommands[name]
      let bare = String(name.withPlainMarks.drop { !$0.isLetter }).lowercased()
      let nearest =
        removed != nil
        ? nil : reader.commandNames[bare] != nil ? bare : reader.nearest(to: bare, among: reader.commandNames.keys)
      reader.diagnostics.add(.undefinedCommand(name, nearest: nearest, at: node.span, removed: removed))
      return nil
    }
    return known.command
  }

  static let boundCommands = oneOrMany(boundCommand).map { Set($0) }
}

extension RulesReader {
  /// Reads `NAME: true` or `NAME: false`, which keeps or removes a built-in command; returns `false` for any other
  /// entry.
  fileprivate mutating func keepsOrRemoves(_ entry: ConfigEntry) -> Bool {
    guard case .scalar(let text, .plain) = entry.value.value, text.isBoolean || text.isOneVariable else {
      return false
    }
    guard let isKept = read(Values.boolean, entry.value, entry.key) else { return true }
    guard BuiltinCommand(rawValue: entry.key) != nil else {
      let names = BuiltinCommand.allCases.map(\.rawValue)
      diagnostics.add(.notBuiltIn(entry.key, nearest: nearest(to: entry.key, among: names), at: entry.keySpan))
      return true
    }
    if isKept {
      declareCommand(entry.key, of: entry.key, at: entry.keySpan)
      keptCommands.insert(entry.key)
    } else {
      removedCommands[entry.key] = entry.keySpan
    }
    return true
  }

  /// Records the name or an alias of a command, which must be a word and unique.
  fileprivate mutating func declareCommand(_ name: String, of command: String, at span: SourceSpan) {
    guard name.isCommandName else {
      diagnostics.add(.badCommandName(name, at: span))
      return
    }
    if let first = commandNames[name]?.span {
      diagnostics.add(.commandTaken(name, at: span, first: first))
    } else {
      commandNames[name] = (command, span)
    }
  }

  fileprivate mutating func commandAction(_ fields: Fields) -> CommandAction? {
    let builtin = value(Schema.Binding.action, in: fields)
    let prompt = value(Schema.Binding.prompt, in: fields)
    let say = value(Schema.Binding.say, in: fields)
    let agent = value(Schema.Binding.agent, in: fields)
    if let builtin { return .builtin(builtin) }
    if let prompt { return .prompt(prompt, agent: agent) }
    return say.map { .say($0) }
  }
}

extension String {
  /// Indicates whether this is `${…}`, with nothing before or after it.
  fileprivate var isOneVariable: Bool {
    guard hasPrefix("${"), let end = firstIndex(of: "}") else { return false }
    return index(after: end) == endIndex
  }
}

extension RulesReader {
  /// Returns the built-in commands beside those that the file binds: all except those that it removes, and
  /// those whose names it gives to commands of its own. Users must be able to stop the bot with any rules.
  mutating func builtInCommands() -> [CommandBinding] {
    BuiltinCommand.allCases.compactMap { command in
      let name = command.rawValue
      guard removedCommands[name] == nil, keptCommands.contains(name) || commandNames[name] == nil else { return nil }
      // Without a span, since the file does not name it.
      if commandNames[name] == nil { commandNames[name] = (name, nil) }
      let aliases = command.definition.aliases.filter { commandNames[$0] == nil }
      for alias in aliases { commandNames[alias] = (name, nil) }
      return CommandBinding(
        name: name, aliases: aliases, action: .builtin(command),
        location: source.location(of: commandNames[name]?.span ?? .fileStart))
    }
  }
}
