/// Finds the rules that take an event, without asking those that ask for another name or text.
struct MaskingIndex: Sendable {
  private let formulas: [Formula]
  private var byKey: [Key: [Int]] = [:]
  private var others: [Int] = []
  /// The rules that stand under a name of a fact, by the fact, and those that stand under a text.
  private var named = [[Int]](repeating: [], count: NameFact.allCases.count)
  private var texted: [Int] = []

  /// A value that every event has which the rule takes.
  private enum Key: Hashable {
    case name(NameFact, Int)
    case text(Int)
  }

  /// - Parameter isTaking: whether a rule keeps events from later ones.
  init(_ formulas: [Formula], where isTaking: (Int) -> Bool) {
    self.formulas = formulas
    let choices = formulas.map(Self.keys)
    var uses: [Key: Int] = [:]
    for key in choices.joined().joined() { uses[key, default: 0] += 1 }
    for rule in formulas.indices where isTaking(rule) {
      // The rarer its keys, the less often a rule is asked in vain.
      let rarest = choices[rule].min { left, right in
        (left.map { uses[$0] ?? 0 }.max() ?? 0) < (right.map { uses[$0] ?? 0 }.max() ?? 0)
      }
      guard let rarest else {
        others.append(rule)
        continue
      }
      for key in rarest {
        byKey[key, default: []].append(rule)
        switch key {
        case .name(let fact, _) where named[fact.rawValue].last != rule: named[fact.rawValue].append(rule)
        case .text where texted.last != rule: texted.append(rule)
        case .name, .text: break
        }
      }
    }
  }

  /// Returns the rules before `rule`, in their order, that may take something of what is possible: where only some names
  /// are, the rules that stand under other names of that fact alone are left out.
  func candidates(before rule: Int, within possible: Possibilities) -> [Int] {
    var found = others.prefix { $0 < rule } + texted.prefix { $0 < rule }
    for fact in NameFact.allCases {
      guard let listed = possible.names[fact.rawValue].listed else {
        found += named[fact.rawValue].prefix { $0 < rule }
        continue
      }
      for value in listed { found += byKey[.name(fact, value)]?.prefix { $0 < rule } ?? [] }
    }
    found.sort()
    // A rule may stand under several names.
    return found.reduce(into: []) { rules, next in if rules.last != next { rules.append(next) } }
  }

  /// One of the rules before `rule` that takes the event.
  func taker(of situation: Assignment, before rule: Int, _ steps: inout StepBudget) throws(BudgetExceeded) -> Int? {
    let names = NameFact.allCases.lazy.map { Key.name($0, situation[$0]) }
    let lists = [others] + names.compactMap { byKey[$0] } + situation.texts.compactMap { byKey[.text($0)] }
    for list in lists {
      for candidate in list {
        if candidate >= rule { break }
        try steps.take()
        if situation.satisfies(formulas[candidate]) { return candidate }
      }
    }
    return nil
  }

  /// The ways to index a rule: in each, every event that it takes has one of the keys.
  private static func keys(of formula: Formula) -> [[Key]] {
    switch formula {
    case .fact(.name(let fact, let values)): values.listed.map { [$0.map { .name(fact, $0) }] } ?? []
    case .fact(.text(let pattern, isFound: true)): [[.text(pattern)]]
    case .fact: []
    case .all(let parts): parts.flatMap(keys)
    case .any(let branches): keys(ofAny: branches).map { [$0] } ?? []
    }
  }

  /// All branches must have a key; which of its keys matters little.
  private static func keys(ofAny branches: [Formula]) -> [Key]? {
    var all: [Key] = []
    for branch in branches {
      guard let first = keys(of: branch).first else { return nil }
      all += first
    }
    return all
  }
}
