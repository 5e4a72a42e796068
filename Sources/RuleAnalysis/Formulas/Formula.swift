import RuleEngine

/// A condition as conjunctions and disjunctions of atoms. A negation is pushed down to the
/// atoms, each of which can be negated itself.
indirect enum Formula: Sendable {
  case atom(Atom)
  case all([Formula])
  case any([Formula])

  static let always = Formula.all([])
  static let never = Formula.any([])

  var negated: Formula {
    switch self {
    case .atom(let atom): .atom(atom.negated)
    case .all(let parts): .any(parts.map(\.negated))
    case .any(let branches): .all(branches.map(\.negated))
    }
  }
}

/// The requirement that one fact of an event has one of some values.
enum Atom: Sendable {
  /// Some of all values of a fact that has few.
  case facts(FactBits, of: FactBits)
  case name(NameField, ValueSet)
  /// The time on the clock of one of the zones.
  case time(zone: Int, WeekSet)
  /// The presence of one of the text patterns. Patterns are assumed to be independent of each other, so that no
  /// combination is excluded that some text could have.
  case text(Int, isFound: Bool)

  var negated: Atom {
    switch self {
    case .facts(let values, let all): .facts(all.subtracting(values), of: all)
    case .name(let field, let values): .name(field, values.complement)
    case .time(let zone, let minutes): .time(zone: zone, minutes.complement)
    case .text(let pattern, let isFound): .text(pattern, isFound: !isFound)
    }
  }

  /// The steps of a comparison with it.
  var cost: Int {
    switch self {
    case .name(_, let values): values.cost
    case .time: 8
    case .facts, .text: 1
    }
  }
}

/// The names that formulas ask for, by field: all other names are alike to them.
struct MentionedNames {
  private var names = [Set<Int>](repeating: [], count: NameField.allCases.count)
  /// The steps that collecting them took.
  private(set) var cost = 0

  subscript(field: NameField) -> Set<Int> { names[field.rawValue] }

  /// Adds the names in a formula.
  mutating func add(_ formula: Formula) {
    switch formula {
    case .atom(.name(let field, let set)):
      names[field.rawValue].formUnion(set.values)
      cost += set.cost
    case .atom: cost += 1
    case .all(let parts), .any(let parts): for part in parts { add(part) }
    }
  }
}
