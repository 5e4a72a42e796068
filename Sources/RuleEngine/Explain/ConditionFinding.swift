/// One key of a condition beside what the event has instead: what was expected, and what was found.
package struct ConditionFinding: Sendable, Equatable {
  /// The key in `when`.
  package var key: ConditionKey
  /// Whether the expected values are the ones that must not be found, as under `not`.
  package var isDenied: Bool
  /// The values that are asked for, any of them, as a rules file writes them; empty for `not` and `any`.
  package var expected: [String]
  /// What the event has, in the same words; empty where it has none.
  package var found: [String]
  /// Of a `text`, which of its tests it is.
  package var test: TextTestKind?
  /// Whether that test tells upper case from lower case.
  package var isCaseSensitive: Bool
  /// Under `not`, what holds although it must not; under `any`, why each of the branches does not hold.
  package var parts: [ConditionFinding]

  init(
    _ key: ConditionKey, isDenied: Bool = false, expected: [String] = [], found: [String] = [],
    test: TextTest? = nil, parts: [ConditionFinding] = []
  ) {
    self.key = key
    self.isDenied = isDenied
    self.expected = expected
    self.found = found
    self.test = test?.kind
    isCaseSensitive = test?.isCaseSensitive ?? false
    self.parts = parts
  }
}
