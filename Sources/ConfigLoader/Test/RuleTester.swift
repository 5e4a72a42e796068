package import RuleEngine

/// A rule set that can be asked tests. Names stand for themselves: no server is asked.
package struct RuleTester: Sendable {
  private let explainer: Explainer

  /// Prepares a rule set.
  /// - Throws: what is wrong with a regular expression. A rule set that was loaded without findings has none such.
  package init(_ set: RuleSet) throws(RuleSetError) {
    explainer = try Explainer(set)
  }

  /// Asks one test.
  /// - Parameter traced: whether the decision's trace is wanted, which takes longer.
  package func result(of test: RuleTest, traced: Bool = false) -> TestResult {
    let decision = traced ? explainer.tracer.decide(test.given) : explainer.rules.decide(test.given)
    let differences = ActualOutcome(decision, in: explainer.rules.ruleSet).differences(from: test.expect)
    return TestResult(
      test: test, decision: decision, differences: differences,
      shortfall: differences.isEmpty ? nil : FailureCause(decision, of: test, by: explainer),
      note: differences.isEmpty ? nil : AssumedBot(of: explainer.rules.ruleSet).note(on: test.given))
  }

  /// The rules that a test asked.
  func tried(_ result: TestResult) -> TraceReport {
    let sought = if case .named(let name)? = result.test.expect.rule { name } else { nil as String? }
    return TraceReport(
      explainer.tried(result.test.given, result.decision), of: explainer.rules.ruleSet, sought: sought)
  }
}
