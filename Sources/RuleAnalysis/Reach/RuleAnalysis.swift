package import RuleEngine

/// The answer to the question if any event reaches a rule.
package enum Reachability: Sendable, Equatable {
  /// An event like this one does, and no earlier rule matches it.
  case reachable(Assignment)
  /// No event matches: these exclude each other, and none of them could be left out.
  case impossible([Cause])
  /// These earlier rules, none of which could be left out, match every event that the rule matches.
  case masked(by: [Int])
  /// Finding out would have taken more steps than are allowed.
  case undecided

  /// Something that keeps events from a rule.
  package enum Cause: Sendable, Hashable {
    /// A key of its `when`.
    case key(ConditionKey)
    /// The value of a key that its `when` does not state.
    case fallback(ConditionKey)
    /// Not everyone may talk to the bot.
    case access
  }
}

/// The static analysis of a rule set: the rules that can decide at all, and the events that reach them.
///
/// Every name is its own id, as in a file's tests. Facts that have few values, names, and times on one zone's clock are
/// compared exactly. Text patterns are equal only if they are written alike: no rule that an event can reach is ever
/// said to be unreachable, while two different patterns that match the same texts are not recognised.
package struct RuleAnalysis: Sendable {
  package let ruleSet: RuleSet
  let builder: FormulaBuilder
  let clocks: Clocks
  private let formulas: [Formula]
  private let index: MaskingIndex
  private let access: Formula
  /// The requirements on all events that `access` allows; `nil` if it allows none.
  private let base: Solver?

  package init(_ ruleSet: RuleSet) {
    self.ruleSet = ruleSet
    var builder = FormulaBuilder(ruleSet.commands)
    formulas = ruleSet.rules.map { builder.formula($0.when.withRuleDefaults()) }
    access = builder.formula(ruleSet.access.users, .user)
    for binding in ruleSet.commands.bindings { _ = builder.formula(binding.users, .user) }
    self.builder = builder
    clocks = Clocks(builder.zones)
    index = MaskingIndex(formulas) { ruleSet.rules[$0].mode == .live }
    base = Self.solver(builder.facts(of: ruleSet.commands) + [access])
  }

  /// Returns for every rule, in order, whether an event reaches it.
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

  private func reachability(of rule: Int, _ steps: inout StepBudget) throws(BudgetExceeded) -> Reachability {
    guard let solver = try solver(of: rule, where: .always, &steps) else { return .impossible(causes(of: rule)) }
    var masking: [Int] = []
    if let event = try assignment(from: solver, reaching: rule, maskingRules: &masking, &steps) {
      return .reachable(event)
    }
    return masking.isEmpty ? .impossible(causes(of: rule)) : .masked(by: needed(masking, for: rule, &steps))
  }

  /// Returns an assignment that `solver` allows and that no earlier rule matches, or `nil` if there is none.
  ///
  /// - Parameter maskingRules: receives the earlier rules that matched an assignment.
  func assignment(
    from solver: Solver, reaching rule: Int, maskingRules: inout [Int], _ steps: inout StepBudget
  ) throws(BudgetExceeded) -> Assignment? {
    var solver = solver
    while let event = try solver.solution(clocks, &steps) {
      guard let masking = try index.masking(event, before: rule, &steps) else { return event }
      maskingRules.append(masking)
      guard try solver.require(formulas[masking].negated, &steps) else { return nil }
    }
    return nil
  }

  /// Returns the earlier rules that may match some of the events that `solver` allows, in their order: the index omits
  /// most rules that match none of them.
  func candidates(before rule: Int, meeting solver: Solver) -> [Int] {
    index.candidates(before: rule, within: solver.possible)
  }

  /// Adds the names that a rule asks for.
  func collectNames(of rule: Int, into names: inout MentionedNames) { names.add(formulas[rule]) }

  /// Adds the names of users that `access` asks for.
  func collectAccessNames(into names: inout MentionedNames) { names.add(access) }

  /// Returns whether an event like this one reaches a rule.
  func doesReach(
    _ event: Assignment, _ rule: Int, where extra: Formula, _ steps: inout StepBudget
  ) throws(BudgetExceeded) -> Bool {
    try steps.spend()
    guard builder.facts(of: ruleSet.commands).allSatisfy(event.satisfies), event.satisfies(access),
      event.satisfies(formulas[rule]), event.satisfies(extra)
    else { return false }
    return try index.masking(event, before: rule, &steps) == nil
  }

  /// Returns whether a rule matches some of the events that `solver` allows.
  func matches(_ rule: Int, within solver: Solver, _ steps: inout StepBudget) throws(BudgetExceeded) -> Bool {
    var solver = solver
    guard try solver.require(formulas[rule], &steps) else { return false }
    return try solver.solution(clocks, &steps) != nil
  }

  /// Returns the requirements on the events that a rule matches, or `nil` if it matches none.
  func solver(of rule: Int, where extra: Formula, _ steps: inout StepBudget) throws(BudgetExceeded) -> Solver? {
    guard var solver = base else { return nil }
    return try solver.require(.all([formulas[rule], extra]), &steps) ? solver : nil
  }

  /// Returns those of the masking rules that are needed to match everything: the first one that does it alone, else as
  /// few as possible without searching for others.
  private func needed(_ masking: [Int], for rule: Int, _ steps: inout StepBudget) -> [Int] {
    let masking = masking.sorted()
    func isMasked(by some: [Int]) -> Bool {
      do throws(BudgetExceeded) {
        guard var solver = try solver(of: rule, where: .always, &steps) else { return true }
        for other in some where try !solver.require(formulas[other].negated, &steps) { return true }
        return try solver.solution(clocks, &steps) == nil
      } catch {
        return false
      }
    }
    if let one = masking.first(where: { isMasked(by: [$0]) }) { return [one] }
    guard masking.count <= Limits.maskingRulesReducedMax else { return masking }
    return masking.reduce(masking) { needed, other in
      let fewer = needed.filter { $0 != other }
      return isMasked(by: fewer) ? fewer : needed
    }
  }

  /// Returns the fewest causes for which no event can match a rule.
  private func causes(of rule: Int) -> [Reachability.Cause] {
    let when = ruleSet.rules[rule].when
    var builder = builder
    var parts: [(cause: Reachability.Cause, formula: Formula)] = [
      (.access, builder.formula(ruleSet.access.users, .user))
    ]
    for (key, formula) in builder.parts(of: when.withRuleDefaults()) {
      parts.append((when[key] == nil ? .fallback(key) : .key(key), formula))
    }
    let facts = builder.facts(of: ruleSet.commands)
    let needed = parts.indices.reduce(Array(parts.indices)) { needed, part in
      let fewer = needed.filter { $0 != part }
      return isImpossible(facts + fewer.map { parts[$0].formula }) ? fewer : needed
    }
    // A key may have several parts.
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
