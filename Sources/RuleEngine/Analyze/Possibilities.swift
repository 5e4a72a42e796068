/// What is still possible of an event's facts, each for itself.
struct Possibilities: Sendable {
  var facets = Facets.all
  var names = [ValueSet](repeating: .all, count: NameFact.allCases.count)
  var minutes: [Int: WeekSet] = [:]
  var texts: [Int: Bool] = [:]

  /// Whether a statement holds for all that is possible, for none, or is open.
  func truth(of statement: Atom) -> Bool? {
    switch statement {
    case .facets(let field, let values):
      let possible = facets.intersection(field)
      return possible.isSubset(of: values) ? true : possible.isDisjoint(with: values) ? false : nil
    case .name(let fact, let values):
      let possible = names[fact.rawValue]
      return possible.isSubset(of: values) ? true : possible.isDisjoint(with: values) ? false : nil
    case .time(let zone, let set):
      let possible = minutes[zone] ?? .all
      return possible.isSubset(of: set) ? true : possible.isDisjoint(with: set) ? false : nil
    case .text(let pattern, let isFound):
      return texts[pattern].map { $0 == isFound }
    }
  }

  /// Keeps what a statement that is open leaves.
  mutating func assume(_ statement: Atom) {
    switch statement {
    case .facets(let field, let values): facets.subtract(field.subtracting(values))
    case .name(let fact, let values): names[fact.rawValue].formIntersection(values)
    case .time(let zone, let set): minutes[zone, default: .all].formIntersection(set)
    case .text(let pattern, let isFound): texts[pattern] = isFound
    }
  }

  /// A value for each fact whose values are names; no command where there need be none.
  var plainestNames: [Int] {
    NameFact.allCases.map { fact in
      let possible = names[fact.rawValue]
      return fact == .command && possible.contains(FormulaBuilder.noCommand)
        ? FormulaBuilder.noCommand : possible.first
    }
  }
}
