internal import TextMatch

/// Turns conditions into numbers, bits and patterns.
struct RuleCompiler {
  private let directory: NameDirectory
  private let commandIndices: [String: Int]

  private var interners = NameField.allCases.map { _ in Interner<String>() }
  private var patternNumbers = Interner<TextPattern>()

  private(set) var numbers: [UInt32] = []
  private(set) var conditions: [CompiledCondition] = []
  private(set) var rests: [Rest] = []
  /// The values of facts that conditions distinguish.
  private(set) var tested: FactBits = []

  init(directory: NameDirectory, commandIndices: [String: Int]) {
    self.directory = directory
    self.commandIndices = commandIndices
  }

  var patterns: [TextPattern] { patternNumbers.values }

  /// Returns the names of a field, by their numbers. Those of commands are the indices of their bindings.
  func names(_ field: NameField) -> [String] { interners[field.rawValue].values }

  /// Returns the count of numbers of a field.
  func count(_ field: NameField) -> Int {
    field == .command ? (commandIndices.values.max() ?? -1) + 1 : names(field).count
  }

  mutating func set(_ names: NameSet, _ field: NameField) -> NumberSet {
    if names.isEveryone { return .everything }
    if field == .command { return add(names.names.compactMap { commandIndices[$0].map { UInt32($0) } }) }
    var ids: [UInt32] = []
    ids.reserveCapacity(names.names.count)
    for name in names.names {
      directory.forEachID(of: name, field) { ids.append(UInt32(interners[field.rawValue].number(of: $0))) }
    }
    return add(ids)
  }

  /// Compiles a condition and all that is nested in it.
  mutating func compile(_ condition: Condition) -> CompiledCondition {
    var compiled = CompiledCondition(gate: Gate(condition))
    tested.formUnion(compiled.gate.tested)
    for field in NameField.allCases {
      if let names = condition.names(field) { compiled.names[field] = set(names, field) }
    }
    let rest = Rest(
      time: condition.time, not: condition.not.map { compile($0) }, any: condition.any.map { compile($0) },
      text: condition.text.map { test in test.patterns.map { patternNumbers.number(of: test.pattern($0)) } })
    if !rest.isEmpty {
      compiled.rest = Int32(rests.count)
      rests.append(rest)
    }
    return compiled
  }

  /// Stores a condition, and returns its index; `nil` if the gate tests all of it.
  mutating func store(_ condition: CompiledCondition) -> Int32? {
    let asksNames = !NameField.allCases.allSatisfy { condition.names[$0].isEverything }
    guard asksNames || condition.rest != nil else { return nil }
    conditions.append(condition)
    return Int32(conditions.count - 1)
  }

  /// Stores a rest without one of its text tests, and returns its index; `nil` if nothing is left of it.
  mutating func rest(_ index: Int32, withoutTextTest test: Int) -> Int32? {
    var rest = rests[Int(index)]
    rest.text.remove(at: test)
    if rest.isEmpty { return nil }
    rests.append(rest)
    return Int32(rests.count - 1)
  }

  private mutating func add(_ set: [UInt32]) -> NumberSet {
    let start = UInt32(numbers.count)
    for number in set.sorted() where numbers.count == start || numbers.last != number { numbers.append(number) }
    return NumberSet(start: start, end: UInt32(numbers.count))
  }
}

extension TextTest {
  /// Returns one of its texts as a pattern to look for.
  func pattern(_ text: String) -> TextPattern {
    TextPattern(kind.patternKind, text, isCaseSensitive: isCaseSensitive)
  }
}

extension TextTestKind {
  fileprivate var patternKind: TextPattern.Kind {
    switch self {
    case .contains: .contains
    case .word: .word
    case .startsWith: .startsWith
    case .endsWith: .endsWith
    case .equals: .equals
    case .matches: .expression
    }
  }
}
