public import RuleEngine

/// What came of asking a rule set one of its tests.
public struct TestResult: Sendable, Equatable {
  /// The test.
  public let test: RuleTest
  /// What the post comes to; with its trace where that was asked for.
  public let decision: Decision
  /// Each thing that came out otherwise than expected; none where the test holds.
  public let differences: [Difference]
  /// Why less came of it than expected, where that can be said.
  public let shortfall: Shortfall?
  /// What may have been overlooked in a test that fails, such as that its text mentions somebody else than the bot.
  public let note: String?

  /// Whether everything came out as expected.
  public var holds: Bool { differences.isEmpty }
}
