public import RuleEngine

/// A rule set that can be asked tests. Names stand for themselves: no server is asked.
public struct TestBench: Sendable {
  private let rules: CompiledRules
  private let tracer: RuleTracer

  /// Prepares a rule set.
  /// - Throws: what is wrong with a regular expression. A rule set that was loaded without findings has none such.
  public init(_ set: RuleSet) throws(RuleSetError) {
    rules = try CompiledRules(set)
    tracer = try RuleTracer(set)
  }

  /// Asks one test.
  /// - Parameter traced: whether the trace is wanted of a test that holds as well; it slows down the many that do.
  public func result(of test: RuleTest, traced: Bool = false) -> TestResult {
    let decision = rules.decide(test.given)
    let differences = TestedOutcome(decision, in: rules.ruleSet).differences(from: test.expect)
    guard traced || !differences.isEmpty else {
      return TestResult(test: test, decision: decision, differences: [], shortfall: nil)
    }
    let whole = tracer.decide(test.given)
    return TestResult(
      test: test, decision: whole, differences: differences,
      shortfall: differences.isEmpty ? nil : Shortfall(whole, of: test, in: rules.ruleSet))
  }
}
