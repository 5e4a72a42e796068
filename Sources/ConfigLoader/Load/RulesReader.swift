import Core
import RuleEngine
import TextMatch

/// Reads the tree of a rules file into values, through the keys of `Schema`. What is wrong becomes a finding, and
/// reading goes on, so that one pass finds all.
struct RulesReader: Sendable {
  /// The file; places that hold a secret are masked as they are met.
  var source: SourceText
  var findings = DiagnosticCollector()
  let environment: [String: String]
  /// Milliseconds since 1970 (UTC).
  let now: Int64
  var zones: TimeZoneDatabase

  // What sections read earlier tell those read later.
  /// The bot's name in tests: what the command line says, else the file.
  var bot: String?
  var groups: [String: GroupNames] = [:]
  var groupSpans: [String: SourceSpan] = [:]
  var usedGroups: Set<String> = []
  /// How many names groups have put into the file.
  var groupNames = 0
  var access = Access()
  /// Why everyone may talk to the bot; nil where not everyone may.
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
  /// Every name and alias of a command, with the name of the command and its place; a built-in one has none.
  var commandNames: [String: (command: String, span: SourceSpan?)] = [:]
  /// The built-in commands that `bind` keeps with `true`.
  var keptCommands: Set<String> = []
  /// The built-in commands that `bind` removes with `false`, with the place of each.
  var removedCommands: [String: SourceSpan] = [:]
  /// The built-in commands that are there beside those of `bind` without being named in it; none in a file without `bind`.
  var addedCommands: [String] = []
  var ruleSpans: [String: SourceSpan] = [:]
  /// Where each rule stands, in order.
  var rulePositions: [RulePositions] = []
  /// Where the names of users, channels and teams stand, where somebody wants to know.
  var namePositions: NamePositions?
  /// Where each test stands.
  var testSpans: [SourceSpan] = []
  /// The regular expressions that were checked, with what is to be said of them.
  var expressions: [ExpressionKey: ExpressionReview] = [:]
  var variableBytes = 0
  /// The variables that the file names.
  var variables: Set<String> = []
  /// How many values were met that cannot be read, with their findings elsewhere.
  var brokenValues = 0
  /// Whose declarations cannot be read, so that none of these names is missed: agents or commands.
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

  /// Reads the value of a key; nil where the key does not stand, or what stands there is no such value.
  @discardableResult
  mutating func value<Value>(_ key: Key<Value>, in fields: Fields) -> Value? {
    guard let entry = fields[key] else { return nil }
    return read(key.reader, entry.value, key.row.name)
  }

  /// Reads a value; a value that is nothing is a finding whatever is expected.
  mutating func read<Value>(_ reader: ValueReader<Value>, _ node: ConfigNode, _ key: String) -> Value? {
    if case .broken = node.value {
      brokenValues += 1
      return nil
    }
    if node.isNothing {
      findings.add(.noValue(key, expected: reader.type, at: node.span))
      return nil
    }
    return reader.read(node, key, &self)
  }

  /// The map's keys, checked against the section's: none unknown, none missing.
  mutating func fields(_ node: ConfigNode, as section: SchemaSection, _ key: String) -> Fields? {
    if case .broken = node.value { return nil }
    guard case .mapping(let entries) = node.value else {
      findings.add(.wrongType(key, expected: .section(section.name), found: node))
      return nil
    }
    let fields = Fields(entries: entries, head: node.headSpan)
    var meant: Set<String> = []
    for entry in entries where !section.keys.contains(where: { $0.name == entry.key }) {
      let isOfWhen = section.isOfWhen(entry.key)
      let known = section.key(entry.key.withPlainMarks)?.name
      let mayBeCured = !isOfWhen && known == nil && suggestions < Limits.suggestionsMax
      let cure = mayBeCured ? section.cure(for: entry, beside: entries) : nil
      // One that has none is counted with its nearest name.
      if cure != nil { suggestions += 1 }
      let nearest = isOfWhen || cure != nil ? nil : known ?? nearest(to: entry.key, among: section.keys.map(\.name))
      meant.formUnion(cure?.meant ?? nearest.map { [$0] } ?? [])
      let isOther = cure.map { !$0.meant.isEmpty && $0.meant.isDisjoint(with: section.secretKeys) } ?? false
      // An address may hold a password, and what is not repeated may hold one as well.
      let isHarmless = isOther && entry.value.isRepeatable && !entry.value.flow.contains("@")
      if !isHarmless, section.mayBeSecret(meant: nearest) {
        source.masked.append(entry.value.span)
      }
      findings.add(
        .unknownKey(entry, in: section, nearest: nearest, help: cure?.help ?? nearest.flatMap { group(entry, as: $0) }))
    }
    // `reply: Hello.` is meant to be said.
    if section.exactlyOne.contains("say"), case .scalar(let text, _)? = fields["reply"]?.value.value,
      ReplyDestination(rawValue: text) == nil
    {
      meant.formUnion(section.exactlyOne)
    }
    // A key that is there under a mistyped name is not missing as well.
    for key in section.keys where key.isRequired && fields[key.name] == nil && !meant.contains(key.name) {
      findings.add(.missingKey(key.name, expected: key.type, in: section.phrase, at: fields.head))
    }
    if !section.atLeastOne.isEmpty, section.atLeastOne.allSatisfy({ fields[$0] == nil && !meant.contains($0) }) {
      findings.add(.missingOne(of: section.atLeastOne, in: section, at: fields.head))
    }
    for entry in entries {
      guard let other = section.key(entry.key)?.needs, fields[other] == nil, !meant.contains(other) else { continue }
      findings.add(.uselessKey(entry.key, without: other, at: entry.keySpan))
    }
    if meant.isDisjoint(with: section.exactlyOne) { checkExactlyOne(of: section, fields) }
    return fields
  }

  /// What to write for a key that takes names, where its value is the name of a group.
  private func group(_ entry: ConfigEntry, as key: String) -> String? {
    guard ["user", "channel", "team"].contains(key), case .scalar(let text, _) = entry.value.value, groups[text] != nil
    else { return nil }
    return "write `\(key): group:\(text.printable)`"
  }

  private mutating func checkExactlyOne(of section: SchemaSection, _ fields: Fields) {
    let isAction = { (entry: ConfigEntry) in section.exactlyOne.contains(entry.key) }
    guard !section.exactlyOne.isEmpty, fields.entries.count(where: isAction) != 1 else { return }
    let actions = fields.entries.filter(isAction).sorted { $0.keySpan.start < $1.keySpan.start }
    if actions.isEmpty { findings.add(.noAction(in: section, at: fields.head)) }
    for second in actions.dropFirst() {
      findings.add(.severalActions(second, first: actions[0], in: section))
    }
  }

  /// The name that was meant, for as many findings as anybody reads.
  mutating func nearest(to word: String, among names: some Sequence<String>) -> String? {
    suggestions += 1
    if suggestions > Limits.suggestionsMax { return nil }
    return Spelling.nearest(to: word, among: names.sorted().prefix(Limits.suggestionNamesMax))
  }
}

/// A map whose keys are known.
///
/// A key is looked for from the first entry on: a section has fifteen keys at most, and a map as few. What it does not
/// know is among the findings and never asked for.
struct Fields {
  let entries: [ConfigEntry]
  /// Where a finding about the whole map points.
  let head: SourceSpan

  subscript(name: String) -> ConfigEntry? {
    // By index, so that only the entry that is found is copied.
    entries.indices.first { entries[$0].key == name }.map { entries[$0] }
  }

  subscript<Value>(key: Key<Value>) -> ConfigEntry? { self[key.row.name] }
}

/// Readers of values, in the files of the sections that they belong to.
enum Values {}
