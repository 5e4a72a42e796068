internal import TextMatch

/// Turns rules into lists: for each name, the rules that can match only events with that name, and so on. An event is
/// then held only against the rules that its own names and words lead to.
struct RuleCompiler {
  private let directory: NameDirectory
  private let commandIndices: [String: Int]
  let commandCount: Int

  private(set) var channels = Numbering()
  private(set) var users = Numbering()
  private(set) var teams = Numbering()
  private(set) var patterns: [TextPattern] = []
  private var patternNumbers: [TextPattern: Int] = [:]

  private(set) var numbers: [UInt32] = []
  private(set) var conditions: [CompiledCondition] = []
  private(set) var rests: [Rest] = []

  init(directory: NameDirectory, commandIndices: [String: Int]) {
    self.directory = directory
    self.commandIndices = commandIndices
    commandCount = (commandIndices.values.max() ?? -1) + 1
  }

  /// The numbers of a set of users.
  mutating func users(_ set: NameSet) -> NumberSet {
    self.set(set, numberedBy: \.users) { [directory] name in directory.users[name].map { [$0] } }
  }

  /// A condition and all that is nested in it.
  mutating func compile(_ condition: Condition) -> CompiledCondition {
    var compiled = CompiledCondition(gate: Gate(condition))
    if let names = condition.channels {
      compiled.channels = set(names, numberedBy: \.channels) { [directory] in directory.channels[$0] }
    }
    if let names = condition.users { compiled.users = users(names) }
    if let names = condition.teams {
      compiled.teams = set(names, numberedBy: \.teams) { [directory] name in directory.teams[name].map { [$0] } }
    }
    if let names = condition.commands {
      compiled.commands = add(names.compactMap { commandIndices[$0].map { UInt32($0) } })
    }
    let rest = Rest(
      time: condition.time, not: condition.not.map { compile($0) }, any: condition.any.map { compile($0) },
      text: condition.text.map { test in test.patterns.map { number(of: test.pattern($0)) } })
    if !rest.isEmpty {
      compiled.rest = Int32(rests.count)
      rests.append(rest)
    }
    return compiled
  }

  /// Keeps a condition to be asked later; nil where nothing is left to ask but the gate.
  mutating func keep(_ condition: CompiledCondition) -> Int32? {
    let asksNames = ![condition.channels, condition.users, condition.teams, condition.commands]
      .allSatisfy(\.isEverything)
    guard asksNames || condition.rest != nil else { return nil }
    conditions.append(condition)
    return Int32(conditions.count - 1)
  }

  /// Keeps what a condition asks of the text but one of its tests; nil where nothing is left of the rest.
  mutating func rest(_ index: Int32, withoutTextTest test: Int) -> Int32? {
    var rest = rests[Int(index)]
    rest.text.remove(at: test)
    if rest.isEmpty { return nil }
    rests.append(rest)
    return Int32(rests.count - 1)
  }

  private mutating func set(
    _ names: NameSet, numberedBy numbering: WritableKeyPath<RuleCompiler, Numbering>,
    resolve: (String) -> Set<String>?
  ) -> NumberSet {
    if names.isEveryone { return .everything }
    // A name that nobody knows is kept as it is: it is an id already, or matches nobody.
    return add(names.names.flatMap { name in resolve(name) ?? [name] }.map { self[keyPath: numbering].number(of: $0) })
  }

  private mutating func add(_ set: [UInt32]) -> NumberSet {
    let start = UInt32(numbers.count)
    for number in set.sorted() where numbers.count == start || numbers.last != number { numbers.append(number) }
    return NumberSet(start: start, end: UInt32(numbers.count))
  }

  private mutating func number(of pattern: TextPattern) -> Int {
    if let number = patternNumbers[pattern] { return number }
    patterns.append(pattern)
    patternNumbers[pattern] = patterns.count - 1
    return patterns.count - 1
  }
}

/// Numbers for names, in the order in which they are first met.
struct Numbering {
  private(set) var names: [String] = []
  private var numbers: [String: UInt32] = [:]

  mutating func number(of name: String) -> UInt32 {
    if let number = numbers[name] { return number }
    let number = UInt32(names.count)
    names.append(name)
    numbers[name] = number
    return number
  }
}
