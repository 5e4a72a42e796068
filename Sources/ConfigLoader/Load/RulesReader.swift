import Core
import RuleEngine
import TextMatch

/// Reads the tree of a rules file into values, through the keys of `Schema`. A mistake becomes a diagnostic, and
/// reading continues, so that one pass finds all.
struct RulesReader: Sendable {
  /// The file; secrets in it are masked as they are read.
  var source: SourceText
  var diagnostics = DiagnosticCollector()
  let environment: [String: String]
  /// Milliseconds since 1970 (UTC).
  let now: Int64
  var zones: TimeZoneDatabase

  // Results of earlier sections that later ones need.
  /// The bot's name in tests: that of the command line, else that of the file.
  var bot: String?
  var groups: [String: GroupNames] = [:]
  var groupSpans: [String: SourceSpan] = [:]
  var usedGroups: Set<String> = []
  /// The number of names of expanded groups.
  var groupNames = 0
  var access = Access()
  /// The reason why everyone may talk to the bot; `nil` if not everyone may.
  var openAccess: OpenAccess? = .notSaid
  /// The key of `access` that is being read.
  var accessKey: String?
  /// The variables of the list of people that is being read, and of each group.
  var peopleVariables = PeopleVariables()
  var groupVariables: [String: PeopleVariables] = [:]
  var hasAdmin = false
  var commands = Commands()
  var agentSpans: [String: SourceSpan] = [:]
  var usedAgents: Set<String> = []
  /// Every name and alias of a command, with the name of the command and its position; a built-in one has none.
  var commandNames: [String: (command: String, span: SourceSpan?)] = [:]
  /// The built-in commands that `bind` keeps with `true`.
  var keptCommands: Set<String> = []
  /// The built-in commands that `bind` removes with `false`, with their positions.
  var removedCommands: [String: SourceSpan] = [:]
  /// The built-in commands that are bound although `bind` does not name them; none in a file without `bind`.
  var addedCommands: [String] = []
  var ruleSpans: [String: SourceSpan] = [:]
  /// The positions of the rules, in order.
  var rulePositions: [RulePositions] = []
  /// The positions of the names of users, channels and teams, if they are to be recorded.
  var namePositions: NamePositions?
  /// The positions of the tests.
  var testSpans: [SourceSpan] = []
  /// The regular expressions that were checked, with the results.
  var expressions: [ExpressionKey: ExpressionReview] = [:]
  var variableBytes = 0
  /// The variables that the file uses.
  var variables: Set<String> = []
  /// The number of values that cannot be read; their errors are reported elsewhere.
  var brokenValues = 0
  /// The kinds of names whose declarations cannot be read, so that none of them is reported as missing.
  var unreadNames: Set<NameRole> = []
  var groupsAreUnread = false
  private var suggestions = 0

  init(source: SourceText, environment: [String: String], now: Int64, zone: String?, bot: String? = nil) {
    self.source = source
    self.bot = bot
    self.environment = environment
    self.now = now
    zones = TimeZoneDatabase(environment: environment, machineZone: zone)
  }

  /// Returns the value of a key; `nil` if the key is not stated or its value is invalid.
  @discardableResult
  mutating func value<Value>(_ key: Key<Value>, in fields: Fields) -> Value? {
    guard let entry = fields[key] else { return nil }
    return read(key.reader, entry.value, key.row.name)
  }

  /// Reads a value. An empty value is an error for any type.
  mutating func read<Value>(_ reader: ValueReader<Value>, _ node: ConfigNode, _ key: String) -> Value? {
    if case .broken = node.value {
      brokenValues += 1
      return nil
    }
    if node.isNothing {
      diagnostics.add(.noValue(key, expected: reader.type, at: node.span))
      return nil
    }
    return reader.read(node, key, &self)
  }

  /// Returns the entries of a map, and reports keys that are unknown to the section or missing.
  mutating func fields(_ node: ConfigNode, as section: SchemaSection, _ key: String) -> Fields? {
    if case .broken = node.value { return nil }
    guard case .mapping(let entries) = node.value else {
      diagnostics.add(.wrongType(key, expected: .section(section.name), found: node))
      return nil
    }
    let fields = Fields(entries: entries, head: node.headSpan)
    var meant: Set<String> = []
    for entry in entries where !section.keys.contains(where: { $0.name == entry.key }) {
      let isOfWhen = section.isOfWhen(entry.key)
      let known = section.key(entry.key.withPlainMarks)?.name
      let mayHaveRemedy = !isOfWhen && known == nil && suggestions < Limits.suggestionsMax
      let remedy = mayHaveRemedy ? section.remedy(for: entry, beside: entries) : nil
      // A key without a remedy is counted with its nearest name.
      if remedy != nil { suggestions += 1 }
      let nearest = isOfWhen || remedy != nil ? nil : known ?? nearest(to: entry.key, among: section.keys.map(\.name))
      meant.formUnion(remedy?.meant ?? nearest.map { [$0] } ?? [])
      let isOther = remedy.map { !$0.meant.isEmpty && $0.meant.isDisjoint(with: section.secretKeys) } ?? false
      // An address may contain a password, and so may a value that is not repeated.
      let isHarmless = isOther && entry.value.isRepeatable && !entry.value.flow.contains("@")
      if !isHarmless, section.mayBeSecret(meant: nearest) {
        source.masked.append(entry.value.span)
      }
      if isOfWhen {
        diagnostics.add(.keyOfWhen(entry))
      } else {
        let help = remedy?.help ?? nearest.flatMap { group(entry, as: $0) }
        diagnostics.add(.unknownKey(entry, in: section, nearest: nearest, help: help))
      }
    }
    // `reply: Hello.` is probably meant as `say`.
    if section.exactlyOne.contains("say"), case .scalar(let text, _)? = fields["reply"]?.value.value,
      ReplyDestination(rawValue: text) == nil
    {
      meant.formUnion(section.exactlyOne)
    }
    // A misspelt key is not missing as well.
    for key in section.keys where key.isRequired && fields[key.name] == nil && !meant.contains(key.name) {
      diagnostics.add(.missingKey(key.name, expected: key.type, in: section.phrase, at: fields.head))
    }
    if !section.atLeastOne.isEmpty, section.atLeastOne.allSatisfy({ fields[$0] == nil && !meant.contains($0) }) {
      diagnostics.add(.missingOne(of: section.atLeastOne, in: section, at: fields.head))
    }
    for entry in entries {
      guard let other = section.key(entry.key)?.needs, fields[other] == nil, !meant.contains(other) else { continue }
      diagnostics.add(.uselessKey(entry.key, without: other, at: entry.keySpan))
    }
    if meant.isDisjoint(with: section.exactlyOne) { checkExactlyOne(of: section, fields) }
    return fields
  }

  /// Returns a correction for a key that takes names, if its value is the name of a group.
  private func group(_ entry: ConfigEntry, as key: String) -> String? {
    guard ["user", "channel", "team"].contains(key), case .scalar(let text, _) = entry.value.value, groups[text] != nil
    else { return nil }
    return "write `\(key): group:\(text.printable)`"
  }

  private mutating func checkExactlyOne(of section: SchemaSection, _ fields: Fields) {
    let isAction = { (entry: ConfigEntry) in section.exactlyOne.contains(entry.key) }
    guard !section.exactlyOne.isEmpty, fields.entries.count(where: isAction) != 1 else { return }
    let actions = fields.entries.filter(isAction).sorted { $0.keySpan.start < $1.keySpan.start }
    if actions.isEmpty { diagnostics.add(.noAction(in: section, at: fields.head)) }
    for second in actions.dropFirst() {
      diagnostics.add(.severalActions(second, first: actions[0], in: section))
    }
  }

  /// Returns the nearest name, for the first diagnostics only: comparing names is slow.
  mutating func nearest(to word: String, among names: some Sequence<String>) -> String? {
    suggestions += 1
    if suggestions > Limits.suggestionsMax { return nil }
    return Spelling.nearest(to: word, among: names.sorted().prefix(Limits.suggestionNamesMax))
  }
}

/// The entries of a map.
///
/// Keys are searched linearly: a section has sixteen keys at most, and a map as few.
struct Fields {
  let entries: [ConfigEntry]
  /// The position for a diagnostic about the whole map.
  let head: SourceSpan

  subscript(name: String) -> ConfigEntry? {
    // By index, so that only the entry that is found is copied.
    entries.indices.first { entries[$0].key == name }.map { entries[$0] }
  }

  subscript<Value>(key: Key<Value>) -> ConfigEntry? { self[key.row.name] }
}

/// The readers of values; each is declared in the file of its section.
enum Values {}

extension RulesReader {
  /// Reads the whole file. Sections are read in the order of their dependencies, not of the file.
  mutating func file(_ root: ConfigNode) -> RuleSet? {
    guard !root.holdsTestsAlone else {
      diagnostics.add(.testsWithoutRules(at: root.headSpan))
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
    guard diagnostics.errors == 0 else { return nil }
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
      reader.diagnostics.add(.wrongType(key, expected: .integer(1...1), found: node))
      return nil
    }
    reader.diagnostics.add(.unknownVersion(text, at: node.span))
    return nil
  }
}

/// A key with the reader of its value. The loader reads files only through keys.
///
/// A class: each rule is read through each of its keys, and a reference is passed faster than the row.
final class Key<Value>: Sendable {
  let row: SchemaKey
  let reader: ValueReader<Value>

  init(
    _ name: String, _ reader: ValueReader<Value>, isRequired: Bool = false, fallback: JSON? = nil,
    otherwise: String? = nil, needs: String? = nil, _ doc: String
  ) {
    row = SchemaKey(
      name: name, type: reader.type, isRequired: isRequired, fallback: fallback, otherwise: otherwise, needs: needs,
      doc: doc)
    self.reader = reader
  }

  /// The same key in a section that needs it.
  var required: SchemaKey {
    var row = row
    row.isRequired = true
    return row
  }
}

/// Reads the values of a type.
struct ValueReader<Value>: Sendable {
  let type: SchemaType
  /// Returns the value of the key of this name; `nil`, with an error, if it is invalid.
  let read: @Sendable (_ node: ConfigNode, _ key: String, _ reader: inout RulesReader) -> Value?
}
