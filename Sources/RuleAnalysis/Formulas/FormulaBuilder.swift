import Core
import RuleEngine

/// Turns conditions into formulas, and maps the numbers in them back to names and patterns.
struct FormulaBuilder: Sendable {
  /// The value of the field `command` for a text that is not a command. Bound commands follow; `ValueSet.other` is any
  /// other name.
  static let noCommand = 0

  private var interners = NameField.allCases.map { _ in Interner<String>() }
  private(set) var patterns = Interner<Pattern>()
  private(set) var zones: [TimeZoneTable] = []
  private var zoneNumbers = Interner<String>()
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
    bindings = commands.indices
    noTeam = interners[NameField.team.rawValue].number(of: "")
  }

  /// The value of the field `command` for a bound one.
  static func value(ofCommand index: Int) -> Int { index + 1 }

  /// The names of a field, by their numbers.
  func names(_ field: NameField) -> Interner<String> { interners[field.rawValue] }

  /// Returns the formulas of a condition, all of which must hold: one for each key, several for `not` and `text`.
  mutating func parts(of condition: Condition) -> [(key: ConditionKey, formula: Formula)] {
    condition.keys.flatMap { key in
      condition[key].map { formulas(of: $0, key.field, in: condition) }?.map { (key, $0) } ?? []
    }
  }

  private mutating func formulas(of value: FieldValue, _ field: Field, in condition: Condition) -> [Formula] {
    switch value {
    case .facts(let allowed): [.atom(.facts(allowed, of: field.domain?.all ?? []))]
    case .triggers(let triggers): [.any(triggers.map { formula($0, mention: condition.mention ?? .direct) })]
    case .reach(let reach): [.atom(.facts(.mentions(within: reach), of: .everyMention))]
    case .names(let names): if case .names(let field) = field.test { [formula(names, field)] } else { [] }
    case .commands(let names):
      [.atom(.name(.command, ValueSet(Set(names.compactMap { bindings[$0].map(Self.value(ofCommand:)) }))))]
    case .time(let window): [formula(window)]
    case .text(let tests): tests.map { formula($0) }
    case .conditions(let conditions):
      field.key == .not ? conditions.map { formula($0).negated } : [.any(conditions.map { formula($0) })]
    }
  }

  /// Returns the condition as a whole.
  mutating func formula(_ condition: Condition) -> Formula { .all(parts(of: condition).map(\.formula)) }

  /// Returns the formula that a field has one of some names.
  mutating func formula(_ names: NameSet, _ field: NameField) -> Formula {
    var values = Set<Int>(minimumCapacity: names.names.count)
    for name in names.names { values.insert(interners[field.rawValue].number(of: name)) }
    return .atom(.name(field, names.isEveryone ? .all : ValueSet(values)))
  }

  /// Returns the formula that a trigger holds.
  func formula(_ trigger: Trigger, mention reach: MentionReach) -> Formula {
    switch trigger {
    case .message: return .always
    case .command: return .atom(.name(.command, ValueSet([Self.noCommand]).complement))
    case .mention, .dm, .thread:
      let values = FactBits.trigger(trigger, reach: reach)
      let domain = Field.facts.first { !$0.domain.all.isDisjoint(with: values) }?.domain
      return .atom(.facts(values, of: domain?.all ?? values))
    }
  }

  private mutating func formula(_ test: TextTest) -> Formula {
    .any(
      test.patterns.map { text in
        // Only for ASCII is it certain that the matcher ignores the case of letters.
        let isFolded = !test.isCaseSensitive && test.kind != .matches && text.utf8.allSatisfy { $0 < 0x80 }
        let pattern = Pattern(
          kind: test.kind, text: isFolded ? text.lowercased() : text, isCaseSensitive: test.isCaseSensitive)
        return .atom(.text(patterns.number(of: pattern), isFound: true))
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
    return .atom(.time(zone: zone, minutes))
  }

  /// Returns the formulas that hold for every event: direct and group channels belong to no team, other channels to
  /// one, and a plugin's post is never a command, nor is any post if the file has no prefixes.
  func facts(of commands: Commands) -> [Formula] {
    func isOne(of values: FactBits, _ key: ConditionKey) -> Formula {
      .atom(.facts(values, of: key.field.domain?.all ?? []))
    }
    let inTeam = isOne(of: FactBits(ChannelKind.allCases.filter { !$0.isOutsideTeams }.map { .kind($0) }), .kind)
    let hasNoTeam = Formula.atom(.name(.team, ValueSet([noTeam])))
    let slashText = Formula.atom(.name(.command, ValueSet([Self.noCommand]).complement))
    let isPlugins = isOne(of: .author(.plugin), .author)
    return [
      .any([inTeam, hasNoTeam]), .any([inTeam.negated, hasNoTeam.negated]),
      .any([isPlugins.negated, slashText.negated]),
    ]
      + (commands.prefixes.isEmpty ? [slashText.negated] : [])
  }
}
