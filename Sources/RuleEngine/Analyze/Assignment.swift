/// One value for each fact that rules can ask for: what an event must be like to come to a rule.
package struct Assignment: Sendable, Equatable {
  /// One bit of each field.
  var facets: Facets
  /// By `NameFact`.
  var names: [Int]
  /// The minute of the week on each zone's clock.
  var minutes: [Int]
  /// The moment at which the clocks show these minutes, in seconds since 1970; nil where none was found.
  var moment: Int64?
  /// The text patterns that are found.
  var texts: Set<Int>

  subscript(fact: NameFact) -> Int { names[fact.rawValue] }

  /// The same with another name.
  func with(_ value: Int, as fact: NameFact) -> Assignment {
    var other = self
    other.names[fact.rawValue] = value
    return other
  }

  func satisfies(_ formula: Formula) -> Bool {
    switch formula {
    case .fact(let statement): satisfies(statement)
    case .all(let parts): parts.allSatisfy(satisfies)
    case .any(let branches): branches.contains(where: satisfies)
    }
  }

  private func satisfies(_ statement: Atom) -> Bool {
    switch statement {
    case .facets(let field, let values): !facets.intersection(field).isDisjoint(with: values)
    case .name(let fact, let values): values.contains(self[fact])
    case .time(let zone, let set): set.contains(minutes[zone])
    case .text(let pattern, let isFound): texts.contains(pattern) == isFound
    }
  }
}
