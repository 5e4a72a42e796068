import Vocabulary

/// Messages of one channel that came too late to be answered.
struct TooLate: Sendable {
  /// How many.
  private(set) var count = 0
  /// The newest of them, and the index of the rule that would have answered.
  private(set) var newest: (event: Event, rule: Int?)?

  mutating func note(_ event: Event, rule: Int?) {
    count += 1
    newest = (event, rule)
  }
}
