/// What can be known of a rule set without an event: which rules can decide at all, and what an event must be like for it.
///
/// Names stand for themselves, as in a file's tests. The facts that have few values, names and times on one zone's clock
/// are compared exactly. Of text patterns only the very same count as one: no rule that an event can reach is ever said to
/// be unreachable, while two different patterns that find the same texts are not seen through.
package struct RuleAnalysis: Sendable {
  /// What is looked into.
  package let ruleSet: RuleSet
  let writer: FormulaBuilder
  let clocks: Clocks
  private let formulas: [Formula]
  private let index: MaskingIndex
  private let access: Formula
  /// What holds of all events that the access gate lets through; nil where it lets none through.
  private let base: Solver?

  /// Makes formulas of the rules.
  package init(_ ruleSet: RuleSet) {
    self.ruleSet = ruleSet
    var writer = FormulaBuilder(ruleSet.commands)
    formulas = ruleSet.rules.map { writer.formula($0.when.withRuleDefaults()) }
    access = writer.formula(users: ruleSet.access.users)
    for binding in ruleSet.commands.bindings { _ = writer.formula(users: binding.users) }
    self.writer = writer
    clocks = Clocks(writer.zones)
    index = MaskingIndex(formulas) { ruleSet.rules[$0].mode == .live }
    base = Self.solver(writer.facts(of: ruleSet.commands) + [access])
  }

  /// Of every rule, in order, whether an event comes to it.
  package func reachability() -> [Reachability] {
    var total = Limits.analysisStepsMax
    return ruleSet.rules.indices.map { rule in
      var steps = StepBudget(min(total, Limits.analysisStepsPerRuleMax))
      defer { total -= min(total, Limits.analysisStepsPerRuleMax) - max(0, steps.left) }
      do throws(BudgetExceeded) {
        return try reachability(of: rule, &steps)
      } catch {
        return .undecided
      }
    }
  }

  /// Whether an event comes to one rule, where `extra` holds as well.
  func reachability(of rule: Int, where extra: Formula = .always, _ steps: inout StepBudget) throws(BudgetExceeded)
    -> Reachability
  {
    guard let solver = try solver(of: rule, where: extra, &steps) else { return .impossible(causes(of: rule)) }
    var maskingRules: [Int] = []
    if let situation = try situation(from: solver, comingTo: rule, maskingRules: &maskingRules, &steps) {
      return .reachable(situation)
    }
    return maskingRules.isEmpty
      ? .impossible(causes(of: rule)) : .taken(by: needed(maskingRules, for: rule, where: extra, &steps))
  }

  /// Returns a situation that `solver` leaves possible and that no earlier rule takes, or `nil` if there is none.
  ///
  /// - Parameter maskingRules: receives the earlier rules that took a situation.
  func situation(
    from solver: Solver, comingTo rule: Int, maskingRules: inout [Int], _ steps: inout StepBudget
  ) throws(BudgetExceeded) -> Assignment? {
    var solver = solver
    while let situation = try solver.solution(clocks, &steps) {
      guard let taker = try index.taker(of: situation, before: rule, &steps) else { return situation }
      maskingRules.append(taker)
      guard try solver.require(formulas[taker].negated, &steps) else { return nil }
    }
    return nil
  }

  /// Returns the earlier rules that may match something of what `solver` leaves possible for a rule, in their order: the
  /// index leaves out most of those that match nothing of it.
  func candidates(before rule: Int, meeting solver: Solver) -> [Int] {
    index.candidates(before: rule, within: solver.possible)
  }

  /// Adds the names that a rule asks for.
  func collectNames(of rule: Int, into names: inout NamesByFact) { names.add(formulas[rule]) }

  /// The names of users that `access` asks for.
  func collectAccessNames(into names: inout NamesByFact) { names.add(access) }

  /// Whether an event that is like this comes to a rule.
  func doesReach(
    _ situation: Assignment, _ rule: Int, where extra: Formula, _ steps: inout StepBudget
  ) throws(BudgetExceeded) -> Bool {
    try steps.take()
    guard writer.facts(of: ruleSet.commands).allSatisfy(situation.satisfies), situation.satisfies(access),
      situation.satisfies(formulas[rule]), situation.satisfies(extra)
    else { return false }
    return try index.taker(of: situation, before: rule, &steps) == nil
  }

  /// Returns whether a rule matches something of what `solver` leaves possible.
  func matches(_ rule: Int, within solver: Solver, _ steps: inout StepBudget) throws(BudgetExceeded) -> Bool {
    var solver = solver
    guard try solver.require(formulas[rule], &steps) else { return false }
    return try solver.solution(clocks, &steps) != nil
  }

  /// Returns what is required of the events that a rule matches, or `nil` if it matches none.
  func solver(
    of rule: Int, where extra: Formula, _ steps: inout StepBudget
  ) throws(BudgetExceeded) -> Solver? {
    guard var solver = base else { return nil }
    return try solver.require(.all([formulas[rule], extra]), &steps) ? solver : nil
  }

  /// Those of the rules that are needed to take everything: the first that does it alone, else as few as can be without
  /// looking for others.
  private func needed(_ maskingRules: [Int], for rule: Int, where extra: Formula, _ steps: inout StepBudget) -> [Int] {
    let maskingRules = maskingRules.sorted()
    func isTaken(by some: [Int]) -> Bool {
      do throws(BudgetExceeded) {
        guard var solver = try solver(of: rule, where: extra, &steps) else { return true }
        for taker in some where try !solver.require(formulas[taker].negated, &steps) { return true }
        return try solver.solution(clocks, &steps) == nil
      } catch {
        return false
      }
    }
    if let one = maskingRules.first(where: { isTaken(by: [$0]) }) { return [one] }
    guard maskingRules.count <= Limits.takersThinnedMax else { return maskingRules }
    return maskingRules.reduce(maskingRules) { needed, taker in
      let fewer = needed.filter { $0 != taker }
      return isTaken(by: fewer) ? fewer : needed
    }
  }

  /// What keeps all events from a rule that none can match: as little as is enough.
  private func causes(of rule: Int) -> [Reachability.Cause] {
    let when = ruleSet.rules[rule].when
    var writer = writer
    var parts: [(cause: Reachability.Cause, formula: Formula)] = [
      (.access, writer.formula(users: ruleSet.access.users))
    ]
    for (key, formula) in writer.parts(of: when.withRuleDefaults()) {
      switch key {
      case .author where when.authors == nil: parts.append((.onlyPeople, formula))
      case .edited where when.isEdit == nil: parts.append((.noEdits, formula))
      default: parts.append((.key(key), formula))
      }
    }
    let facts = writer.facts(of: ruleSet.commands)
    let needed = parts.indices.reduce(Array(parts.indices)) { needed, part in
      let fewer = needed.filter { $0 != part }
      return isImpossible(facts + fewer.map { parts[$0].formula }) ? fewer : needed
    }
    // A key may stand for several parts.
    return needed.reduce(into: []) { causes, part in
      if !causes.contains(parts[part].cause) { causes.append(parts[part].cause) }
    }
  }

  private func isImpossible(_ formulas: [Formula]) -> Bool {
    guard let solver = Self.solver(formulas) else { return true }
    var steps = StepBudget(Limits.analysisStepsPerRuleMax)
    do throws(BudgetExceeded) {
      return try solver.solution(clocks, &steps) == nil
    } catch {
      return false
    }
  }

  private static func solver(_ formulas: [Formula]) -> Solver? {
    var solver = Solver()
    var steps = StepBudget(Limits.analysisStepsMax)
    do throws(BudgetExceeded) {
      return try solver.require(.all(formulas), &steps) ? solver : nil
    } catch {
      return solver
    }
  }
}
