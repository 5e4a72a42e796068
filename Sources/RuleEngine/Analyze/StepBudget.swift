/// How much more may be tried: a bound on work that grows fast with what a file says.
struct StepBudget: Sendable {
  private(set) var left: Int

  init(_ count: Int) { left = count }

  mutating func take(_ count: Int = 1) throws(BudgetExceeded) {
    left -= count
    if left < 0 { throw BudgetExceeded() }
  }
}

/// There was more to try than the steps allowed.
struct BudgetExceeded: Error {}
