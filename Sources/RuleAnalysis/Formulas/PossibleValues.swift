import RuleEngine

/// The values that are still possible for an event's facts, each fact on its own.
struct PossibleValues: Sendable {
  private(set) var facts = allFacts
  private var names = [ValueSet](repeating: .all, count: NameField.allCases.count)
  private(set) var minutes: [Int: WeekSet] = [:]
  private(set) var texts: [Int: Bool] = [:]

  private static let allFacts = FactBits(Field.facts.map(\.domain.all))

  subscript(field: NameField) -> ValueSet { names[field.rawValue] }

  /// Returns `true` if an atom holds for all possible values, `false` if it holds for none, or `nil` if it is open.
  func truth(of atom: Atom) -> Bool? {
    switch atom {
    case .facts(let values, let all):
      let possible = facts.intersection(all)
      return possible.isSubset(of: values) ? true : possible.isDisjoint(with: values) ? false : nil
    case .name(let field, let values):
      let possible = self[field]
      return possible.isSubset(of: values) ? true : possible.isDisjoint(with: values) ? false : nil
    case .time(let zone, let set):
      let possible = minutes[zone] ?? .all
      return possible.isSubset(of: set) ? true : possible.isDisjoint(with: set) ? false : nil
    case .text(let pattern, let isFound):
      return texts[pattern].map { $0 == isFound }
    }
  }

  /// Narrows the values down to those for which an open atom holds.
  mutating func assume(_ atom: Atom) {
    switch atom {
    case .facts(let values, let all): facts.subtract(all.subtracting(values))
    case .name(let field, let values): names[field.rawValue].formIntersection(values)
    case .time(let zone, let set): minutes[zone, default: .all].formIntersection(set)
    case .text(let pattern, let isFound): texts[pattern] = isFound
    }
  }

  /// The first possible value of each fact that has few.
  var plainestFacts: FactBits {
    Field.facts.reduce(into: []) { bits, fact in
      let value = fact.domain.values.indices.first { facts.contains(fact.domain.bit(ofValue: $0)) }
      if let value { bits.insert(fact.domain.bit(ofValue: value)) }
    }
  }

  /// A value for each field of names; no command if none is required.
  var plainestNames: [Int] {
    NameField.allCases.map { field in
      let possible = self[field]
      return field == .command && possible.contains(FormulaBuilder.noCommand)
        ? FormulaBuilder.noCommand : possible.first
    }
  }
}

/// One value for each fact that rules can test: an event as rules see it.
package struct Assignment: Sendable, Equatable {
  /// One bit of each domain.
  var facts: FactBits
  /// By `NameField`.
  var names: [Int]
  /// The minute of the week on each zone's clock.
  var minutes: [Int]
  /// The moment at which the clocks show these minutes, in seconds since 1970; `nil` if none was found.
  var moment: Int64?
  /// The text patterns that are found.
  var texts: Set<Int>

  subscript(field: NameField) -> Int { names[field.rawValue] }

  /// Returns the same with another name.
  func with(_ value: Int, as field: NameField) -> Assignment {
    var other = self
    other.names[field.rawValue] = value
    return other
  }

  func satisfies(_ formula: Formula) -> Bool {
    switch formula {
    case .atom(let atom): satisfies(atom)
    case .all(let parts): parts.allSatisfy(satisfies)
    case .any(let branches): branches.contains(where: satisfies)
    }
  }

  private func satisfies(_ atom: Atom) -> Bool {
    switch atom {
    case .facts(let values, _): !facts.isDisjoint(with: values)
    case .name(let field, let values): values.contains(self[field])
    case .time(let zone, let set): set.contains(minutes[zone])
    case .text(let pattern, let isFound): texts.contains(pattern) == isFound
    }
  }
}
