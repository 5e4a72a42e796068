/// Looks for an assignment that satisfies formulas: it applies the atoms first, and then tries the branches of the open
/// disjunctions one after the other.
struct Solver: Sendable {
  private(set) var possible = PossibleValues()
  private var open: [[Formula]] = []

  /// Adds a formula that must hold, and returns `false` if no assignment is possible any more.
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
        case .atom(let atom):
          possible.assume(atom)
          isNarrower = true
        }
      }
      // The open disjunctions may be decided now.
      if isNarrower {
        queue = open.map { .any($0) }
        open = []
      }
    }
    return true
  }

  /// Returns an assignment that satisfies all formulas, or `nil` if there is none.
  func solution(_ clocks: Clocks, _ steps: inout StepBudget, depth: Int = 0) throws(BudgetExceeded) -> Assignment? {
    let candidate = try plainest(clocks, &steps)
    var failing: Int?
    for (index, branches) in open.enumerated() where branches.count < failing.map({ open[$0].count }) ?? .max {
      try steps.spend(branches.count)
      if !branches.contains(where: candidate.satisfies) { failing = index }
    }
    guard let failing else { return candidate }
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

  /// Returns the plainest possible assignment, which may not satisfy open formulas.
  private func plainest(_ clocks: Clocks, _ steps: inout StepBudget) throws(BudgetExceeded) -> Assignment {
    let (moment, minutes) = try clocks.pick(possible.minutes, &steps)
    return Assignment(
      facts: possible.plainestFacts, names: possible.plainestNames, minutes: minutes, moment: moment,
      texts: Set(possible.texts.lazy.filter(\.value).map(\.key)))
  }

  /// Returns the formula without the atoms that are already decided.
  private func reduced(_ formula: Formula, _ steps: inout StepBudget) throws(BudgetExceeded) -> Formula {
    switch formula {
    case .atom(let atom):
      try steps.spend(atom.cost)
      return possible.truth(of: atom).map { $0 ? .always : .never } ?? formula
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

/// A bound on the work of an analysis, which can grow fast with the size of a file.
struct StepBudget: Sendable {
  private(set) var left: Int

  init(_ count: Int) { left = count }

  /// Spends steps.
  /// - Throws: `BudgetExceeded` if fewer are left.
  mutating func spend(_ count: Int = 1) throws(BudgetExceeded) {
    left -= count
    if left < 0 { throw BudgetExceeded() }
  }
}

/// More steps would be needed than a `StepBudget` allows.
struct BudgetExceeded: Error {}
