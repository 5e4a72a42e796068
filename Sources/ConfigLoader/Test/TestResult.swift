package import RuleEngine

/// What came of asking a rule set one of its tests.
package struct TestResult: Sendable, Equatable {
  /// The test.
  package let test: RuleTest
  /// What the post comes to; with its trace where that was asked for.
  package let decision: Decision
  /// Each thing that came out otherwise than expected; none where the test holds.
  package let differences: [Difference]
  /// Why less came of it than expected, where that can be said.
  package let shortfall: FailureCause?
  /// What may have been overlooked in a test that fails, such as that its text mentions somebody else than the bot.
  package let note: String?

  /// Whether everything came out as expected.
  package var holds: Bool { differences.isEmpty }
}
