import RuleEngine

/// Finds the earlier rules that match an event, without trying those that ask for another name or text.
///
/// A rule *masks* a later one if it matches every event that would reach the later one. (For firewalls this is called
/// shadowing, but a rule in `mode: shadow` masks no rule.)
struct MaskingIndex: Sendable {
  private let formulas: [Formula]
  private var byKey: [Key: [Int]] = [:]
  private var others: [Int] = []
  /// The rules that are indexed by a name, for each field, and those that are indexed by a text.
  private var byName = [[Int]](repeating: [], count: NameField.allCases.count)
  private var byText: [Int] = []

  /// A value that every event has that the rule matches.
  private enum Key: Hashable {
    case name(NameField, Int)
    case text(Int)
  }

  /// - Parameter isMasking: whether a rule keeps events from later ones.
  init(_ formulas: [Formula], where isMasking: (Int) -> Bool) {
    self.formulas = formulas
    let choices = formulas.map(Self.keys)
    var uses: [Key: Int] = [:]
    for key in choices.joined().joined() { uses[key, default: 0] += 1 }
    for rule in formulas.indices where isMasking(rule) {
      // The rarer its keys, the less often a rule is tried in vain.
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
        case .name(let field, _) where byName[field.rawValue].last != rule: byName[field.rawValue].append(rule)
        case .text where byText.last != rule: byText.append(rule)
        case .name, .text: break
        }
      }
    }
  }

  /// Returns the rules before `rule`, in their order, that may match some of the possible values: if only some names
  /// are possible, the rules that are indexed by other names of that field are left out.
  func candidates(before rule: Int, within possible: PossibleValues) -> [Int] {
    var found = others.prefix { $0 < rule } + byText.prefix { $0 < rule }
    for field in NameField.allCases {
      guard let listed = possible[field].listed else {
        found += byName[field.rawValue].prefix { $0 < rule }
        continue
      }
      for value in listed { found += byKey[.name(field, value)]?.prefix { $0 < rule } ?? [] }
    }
    found.sort()
    // A rule may be indexed by several names.
    return found.reduce(into: []) { rules, next in if rules.last != next { rules.append(next) } }
  }

  /// Returns one of the rules before `rule` that match the event, or `nil` if there is none.
  func masking(_ event: Assignment, before rule: Int, _ steps: inout StepBudget) throws(BudgetExceeded) -> Int? {
    let names = NameField.allCases.lazy.map { Key.name($0, event[$0]) }
    let lists = [others] + names.compactMap { byKey[$0] } + event.texts.compactMap { byKey[.text($0)] }
    for list in lists {
      for candidate in list {
        if candidate >= rule { break }
        try steps.spend()
        if event.satisfies(formulas[candidate]) { return candidate }
      }
    }
    return nil
  }

  /// Returns the ways to index a rule: in each, every event that it matches has one of the keys.
  private static func keys(of formula: Formula) -> [[Key]] {
    switch formula {
    case .atom(.name(let field, let values)): values.listed.map { [$0.map { .name(field, $0) }] } ?? []
    case .atom(.text(let pattern, isFound: true)): [[.text(pattern)]]
    case .atom: []
    case .all(let parts): parts.flatMap(keys)
    case .any(let branches): keys(ofAny: branches).map { [$0] } ?? []
    }
  }

  /// All branches must have a key; any key of a branch will do.
  private static func keys(ofAny branches: [Formula]) -> [Key]? {
    var all: [Key] = []
    for branch in branches {
      guard let first = keys(of: branch).first else { return nil }
      all += first
    }
    return all
  }
}
