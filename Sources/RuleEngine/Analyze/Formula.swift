/// What a condition says of an event, as conjunctions and disjunctions of statements about single facts. A negation is
/// drawn down to the statements, each of which can be turned around.
indirect enum Formula: Sendable {
  case fact(Atom)
  case all([Formula])
  case any([Formula])

  static let always = Formula.all([])
  static let never = Formula.any([])

  var negated: Formula {
    switch self {
    case .fact(let statement): .fact(statement.negated)
    case .all(let parts): .any(parts.map(\.negated))
    case .any(let branches): .all(branches.map(\.negated))
    }
  }
}

/// That one fact of an event is among some values.
enum Atom: Sendable {
  /// One of the fields of `Facets`, and those of its values that are meant.
  case facets(field: Facets, Facets)
  case name(NameFact, ValueSet)
  /// The time on the clock of one of the zones.
  case time(zone: Int, WeekSet)
  /// Whether one of the text patterns is found. What texts have in common is not looked into: each pattern is found
  /// or not whatever the others are, so that nothing is held to be impossible that some text might bring about.
  case text(Int, isFound: Bool)

  var negated: Atom {
    switch self {
    case .facets(let field, let values): .facets(field: field, field.subtracting(values))
    case .name(let fact, let values): .name(fact, values.complement)
    case .time(let zone, let minutes): .time(zone: zone, minutes.complement)
    case .text(let pattern, let isFound): .text(pattern, isFound: !isFound)
    }
  }

  /// How much work a look at it is.
  var cost: Int {
    switch self {
    case .name(_, let values): values.cost
    case .time: 8
    case .facets, .text: 1
    }
  }
}

/// The facts of an event whose values are names.
enum NameFact: Int, Sendable, CaseIterable {
  case channel, user, team, command
}
