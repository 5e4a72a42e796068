import Core

/// Turns conditions into formulas, and knows what the numbers in them stand for.
struct FormulaBuilder: Sendable {
  /// The value of the fact `command` for what is no slash text. Bound commands follow; `ValueSet.other` is any name that
  /// nobody bound.
  static let noCommand = 0

  private(set) var channels = NameNumbers<String>()
  private(set) var users = NameNumbers<String>()
  private(set) var teams = NameNumbers<String>()
  private(set) var patterns = NameNumbers<Pattern>()
  private(set) var zones: [TimeZoneTable] = []
  private var zoneNumbers = NameNumbers<String>()
  private var windows: [WindowKey: WeekSet] = [:]
  private let bindings: [String: Int]
  let noTeam: Int

  /// A text pattern; one that is written twice is one.
  struct Pattern: Sendable, Hashable {
    var kind: TextTestKind
    var text: String
    var isCaseSensitive: Bool
  }

  private struct WindowKey: Hashable {
    var zone: Int
    var days: [Bool]
    var hours: [Int]?
  }

  init(_ commands: Commands) {
    var bindings: [String: Int] = [:]
    for (index, binding) in commands.bindings.enumerated() {
      for name in [binding.name] + binding.aliases { bindings[name] = index }
    }
    self.bindings = bindings
    noTeam = teams.number(of: "")
  }

  /// The value of the fact `command` for a bound one.
  static func value(ofCommand index: Int) -> Int { index + 1 }

  /// All that holds of a condition, one formula for each key that is stated; `not` has one for each of its parts.
  mutating func parts(of condition: Condition) -> [(key: ConditionKey, formula: Formula)] {
    var parts: [(ConditionKey, Formula)] = []
    func facet(_ key: ConditionKey, _ field: Facets, _ values: Facets) {
      parts.append((key, .fact(.facets(field: field, values))))
    }
    if let authors = condition.authors { facet(.author, .authors, Facets(authors.map { .author($0) })) }
    if let isEdit = condition.isEdit { facet(.edited, .edits, .edit(isEdit)) }
    if let triggers = condition.triggers {
      parts.append((.trigger, .any(triggers.map { formula($0, mention: condition.mention ?? .direct) })))
    }
    if let kinds = condition.kinds { facet(.kind, .kinds, Facets(kinds.map { .kind($0) })) }
    if let names = condition.channels { parts.append((.channel, .fact(.name(.channel, channels.values(of: names))))) }
    if let names = condition.users { parts.append((.user, .fact(.name(.user, users.values(of: names))))) }
    if let names = condition.teams { parts.append((.team, .fact(.name(.team, teams.values(of: names))))) }
    // Beside the trigger `mention`, the reach only says which mentions count for it.
    if let reach = condition.mention, condition.triggers?.contains(.mention) != true {
      facet(.mention, .mentions, .mentions(within: reach))
    }
    if let names = condition.commands {
      let values = names.compactMap { bindings[$0].map(Self.value(ofCommand:)) }
      parts.append((.command, .fact(.name(.command, ValueSet(Set(values))))))
    }
    if let thread = condition.thread {
      facet(.thread, .threads, thread == .reply ? .replies : .threads.subtracting(.replies))
    }
    if let hasFiles = condition.hasFiles { facet(.files, .files, .files(hasFiles)) }
    if let isRemote = condition.isRemote { facet(.remote, .remote, .remote(isRemote)) }
    if let time = condition.time { parts.append((.time, formula(time))) }
    for part in condition.not { parts.append((.not, formula(part).negated)) }
    if !condition.any.isEmpty { parts.append((.any, .any(condition.any.map { formula($0) }))) }
    for test in condition.text { parts.append((.text, formula(test))) }
    return parts
  }

  /// The condition as a whole.
  mutating func formula(_ condition: Condition) -> Formula { .all(parts(of: condition).map(\.formula)) }

  /// That the user is one of these.
  mutating func formula(users set: NameSet) -> Formula { .fact(.name(.user, users.values(of: set))) }

  /// That a trigger holds.
  func formula(_ trigger: Trigger, mention reach: MentionReach) -> Formula {
    switch trigger {
    case .message: .always
    case .mention: .fact(.facets(field: .mentions, .mentions(within: reach)))
    case .dm: .fact(.facets(field: .kinds, .kind(.direct)))
    case .command: .fact(.name(.command, ValueSet([Self.noCommand]).complement))
    case .thread: .fact(.facets(field: .threads, .joined))
    }
  }

  private mutating func formula(_ test: TextTest) -> Formula {
    .any(
      test.patterns.map { text in
        // Only of ASCII is it certain that the matcher takes a capital for its small letter.
        let isFolded = !test.isCaseSensitive && test.kind != .matches && text.utf8.allSatisfy { $0 < 0x80 }
        let pattern = Pattern(
          kind: test.kind, text: isFolded ? text.lowercased() : text, isCaseSensitive: test.isCaseSensitive)
        return .fact(.text(patterns.number(of: pattern), isFound: true))
      })
  }

  private mutating func formula(_ window: TimeWindow) -> Formula {
    let zone = zoneNumbers.number(of: window.zone.name)
    if zone == zones.count { zones.append(window.zone) }
    let key = WindowKey(
      zone: zone, days: Weekday.allCases.map { window.days?.contains($0) ?? true },
      hours: window.hours?.flatMap { [$0.start, $0.end] })
    let minutes = windows[key] ?? WeekSet(window)
    windows[key] = minutes
    return .fact(.time(zone: zone, minutes))
  }
}

extension NameNumbers<String> {
  fileprivate mutating func values(of set: NameSet) -> ValueSet {
    var values = Set<Int>(minimumCapacity: set.names.count)
    for name in set.names { values.insert(number(of: name)) }
    return set.isEveryone ? .all : ValueSet(values)
  }
}

extension FormulaBuilder {
  /// What holds of every event: direct and group channels belong to no team, the others to one, and neither a plugin's
  /// post nor, without a prefix, any other is a command.
  func facts(of commands: Commands) -> [Formula] {
    let inTeam = Formula.fact(.facets(field: .kinds, [.kind(.public), .kind(.private)]))
    let hasNoTeam = Formula.fact(.name(.team, ValueSet([noTeam])))
    let slashText = Formula.fact(.name(.command, ValueSet([Self.noCommand]).complement))
    let isPlugins = Formula.fact(.facets(field: .authors, .author(.plugin)))
    return [
      .any([inTeam, hasNoTeam]), .any([inTeam.negated, hasNoTeam.negated]),
      .any([isPlugins.negated, slashText.negated]),
    ]
      + (commands.prefixes.isEmpty ? [slashText.negated] : [])
  }
}
