import RuleEngine

extension RulesReader {
  /// The whole file. Sections are read in the order in which they name each other, wherever they stand.
  mutating func file(_ root: ConfigNode) -> RuleSet? {
    guard !root.holdsTestsAlone else {
      findings.add(.testsWithoutRules(at: root.headSpan))
      return nil
    }
    guard let fields = fields(root, as: Schema.File.section, "a rules file") else { return nil }
    value(Schema.File.version, in: fields)
    let named = value(Schema.File.bot, in: fields)
    bot = bot ?? named
    value(Schema.File.groups, in: fields)
    value(Schema.File.access, in: fields)
    let agents = value(Schema.File.agents, in: fields) ?? []
    commands = value(Schema.File.commands, in: fields) ?? Commands(bindings: builtInCommands())
    let rules = value(Schema.File.rules, in: fields) ?? []
    let intake = value(Schema.File.intake, in: fields) ?? IntakePolicy()
    let turns = value(Schema.File.turns, in: fields) ?? TurnLimits()
    let journal = value(Schema.File.journal, in: fields) ?? JournalPolicy()
    let tests = value(Schema.File.tests, in: fields) ?? []
    guard findings.errors == 0 else { return nil }
    let set = RuleSet(
      bot: bot, access: access, agents: agents, commands: commands, rules: rules, intake: intake, turns: turns,
      journal: journal, tests: tests)
    warn(about: set, rulesAt: fields[Schema.File.rules]?.keySpan ?? fields.head)
    checkTests(of: set)
    return set
  }
}

extension Values {
  /// The version of the language, which is 1.
  static let version: ValueReader<Void> = ValueReader(type: .integer(1...1)) { node, key, reader in
    guard let text = reader.scalar(node, key, as: .integer(1...1)) else { return nil }
    if case .scalar(_, .plain) = node.value, text == "1" { return () }
    if text == "1" {
      reader.findings.add(.wrongType(key, expected: .integer(1...1), found: node))
      return nil
    }
    reader.findings.add(.unknownVersion(text, at: node.span))
    return nil
  }
}
