package import Core

/// Why an event is decided as it is.
package struct Explanation: Sendable, Equatable {
  /// The event.
  package var event: Event
  /// What is to happen to it.
  package var decision: Decision
  /// The rules that were asked, in order, down to the one that decides; none where the event never reaches a rule.
  package var tried: [TriedRule]
  /// Where nobody answers: the smallest changes of the event that would be answered, the nearest first, at most one for
  /// each rule.
  package var nearest: [NearestMiss]
  /// Whether the search for the nearest ended before it had tried everything.
  package var isSearchCut: Bool
}

/// A rule that was asked, and what it said.
package struct TriedRule: Sendable, Equatable {
  /// The rule's index.
  package var rule: Int
  /// What it said.
  package var verdict: Verdict

  /// What a rule says of an event.
  package enum Verdict: Sendable, Equatable {
    /// It matches, and decides.
    case decides
    /// It matches, and would decide if its mode were not `shadow`.
    case wouldDecide
    /// It does not match: its first condition that fails, and the keys of all that do.
    case fails(ConditionFinding, keys: [ConditionKey])
  }
}
