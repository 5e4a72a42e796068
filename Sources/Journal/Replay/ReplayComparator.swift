package import ConfigLoader
package import RuleEngine

/// Decides events by two rule sets, and keeps count of what changes from the one to the other.
package struct ReplayComparator {
  /// An event that changes.
  package struct Change: Sendable, Encodable {
    /// The event.
    package let event: EventLine
    /// What the old rules decide.
    package let was: RecordedDecision
    /// What the new rules decide.
    package let now: RecordedDecision
  }

  /// What was counted.
  package private(set) var comparison = ReplayCounts()
  private var old: Replay
  private var new: Replay
  private let newNames: [String: String]

  /// Prepares both.
  /// - Throws: as `Replay` does.
  package init(from old: RuleSet, to new: RuleSet) throws(RuleSetError) {
    self.old = try Replay(old)
    self.new = try Replay(new, recordedBy: old)
    newNames = RuleSetDifference(from: old, to: new).renamedRules
  }

  /// Decides events by both, and returns those that change. A rule's new name is no change.
  /// - Throws: as `Replay` does.
  package mutating func compare(_ lines: [EventLine]) throws(RuleSetError) -> [Change] {
    var changes: [Change] = []
    for (line, (was, now)) in zip(lines, zip(try old.decide(lines), try new.decide(lines))) {
      guard let was, let now else {
        comparison.countUndecided()
        continue
      }
      var renamed = was.verdict
      renamed.rule = was.verdict.rule.map { newNames[$0] ?? $0 }
      if comparison.count(renamed, now.verdict) { changes.append(Change(event: line, was: was, now: now)) }
    }
    return changes
  }
}
