/// The names that formulas ask for, by fact: all other names are alike for them.
struct NamesByFact {
  private var names = [Set<Int>](repeating: [], count: NameFact.allCases.count)
  /// How many statements were looked at.
  private(set) var cost = 0

  subscript(fact: NameFact) -> Set<Int> { names[fact.rawValue] }

  /// Adds the names in a formula.
  mutating func add(_ formula: Formula) {
    switch formula {
    case .fact(.name(let fact, let set)):
      names[fact.rawValue].formUnion(set.values)
      cost += set.cost
    case .fact: cost += 1
    case .all(let parts), .any(let parts): for part in parts { add(part) }
    }
  }
}
