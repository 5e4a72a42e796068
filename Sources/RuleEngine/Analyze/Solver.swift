/// Looks for a situation in which all that is required holds: what a statement leaves is drawn from it at once, and of the
/// disjunctions that stay open one branch after the other is tried.
struct Solver: Sendable {
  private(set) var possible = Possibilities()
  private var open: [[Formula]] = []

  /// Adds to what must hold; false where nothing is left that is possible.
  mutating func require(_ formula: Formula, _ steps: inout StepBudget) throws(BudgetExceeded) -> Bool {
    var queue = [formula]
    while !queue.isEmpty {
      var isNarrower = false
      while let next = queue.popLast() {
        switch try reduced(next, &steps) {
        case .all(let parts): queue += parts
        case .any(let branches):
          if branches.isEmpty { return false }
          open.append(branches)
        case .fact(let statement):
          possible.assume(statement)
          isNarrower = true
        }
      }
      // What was open may be decided now.
      if isNarrower {
        queue = open.map { .any($0) }
        open = []
      }
    }
    return true
  }

  /// A situation in which everything holds, or nil where there is none.
  func solution(_ clocks: Clocks, _ steps: inout StepBudget, depth: Int = 0) throws(BudgetExceeded) -> Assignment? {
    let pick = try situation(clocks, &steps)
    var failing: Int?
    for (index, branches) in open.enumerated() where branches.count < failing.map({ open[$0].count }) ?? .max {
      try steps.take(branches.count)
      if !branches.contains(where: pick.satisfies) { failing = index }
    }
    guard let failing else { return pick }
    guard depth < Limits.analysisDepthMax else { throw BudgetExceeded() }
    var rest = self
    for branch in rest.open.remove(at: failing) {
      var tried = rest
      if try tried.require(branch, &steps), let found = try tried.solution(clocks, &steps, depth: depth + 1) {
        return found
      }
      guard try rest.require(branch.negated, &steps) else { return nil }
    }
    return nil
  }

  /// The plainest of the situations that are possible, whether or not it does for what is open.
  private func situation(_ clocks: Clocks, _ steps: inout StepBudget) throws(BudgetExceeded) -> Assignment {
    let (moment, minutes) = try clocks.pick(possible.minutes, &steps)
    return Assignment(
      facets: possible.facets.first, names: possible.plainestNames, minutes: minutes, moment: moment,
      texts: Set(possible.texts.lazy.filter(\.value).map(\.key)))
  }

  /// The formula without what is decided already.
  private func reduced(_ formula: Formula, _ steps: inout StepBudget) throws(BudgetExceeded) -> Formula {
    switch formula {
    case .fact(let statement):
      try steps.take(statement.cost)
      return possible.truth(of: statement).map { $0 ? .always : .never } ?? formula
    case .all(let parts):
      var rest: [Formula] = []
      for part in parts {
        switch try reduced(part, &steps) {
        case .all(let inner): rest += inner
        case .any(let branches) where branches.isEmpty: return .never
        case let other: rest.append(other)
        }
      }
      return rest.count == 1 ? rest[0] : .all(rest)
    case .any(let branches):
      var rest: [Formula] = []
      for branch in branches {
        switch try reduced(branch, &steps) {
        case .any(let inner): rest += inner
        case .all(let parts) where parts.isEmpty: return .always
        case let other: rest.append(other)
        }
      }
      return rest.count == 1 ? rest[0] : .any(rest)
    }
  }
}
