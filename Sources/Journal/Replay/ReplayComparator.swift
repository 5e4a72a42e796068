package import ConfigLoader
import RuleAnalysis
package import RuleEngine

/// Decides events by two rule sets and counts the differences.
package struct ReplayComparator {
  /// An event with two different decisions.
  package struct Change: Sendable, Encodable {
    package let event: EventLine
    /// The decision of the old rules.
    package let was: RecordedDecision
    /// The decision of the new rules.
    package let now: RecordedDecision
  }

  package private(set) var comparison = ReplayCounts()
  private var old: Replay
  private var new: Replay
  private let newNames: [String: String]

  /// Compiles both rule sets.
  ///
  /// - Throws: as `Replay`.
  package init(from old: RuleSet, to new: RuleSet) throws(RuleSetError) {
    self.old = try Replay(old)
    self.new = try Replay(new, recordedBy: old)
    newNames = RuleSetDifference(from: old, to: new).renamedRules
  }

  /// Returns the events with different decisions. The new name of a renamed rule is not a difference.
  ///
  /// - Throws: as `Replay`.
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

/// Counts how decisions of events differ between a recording and now, or between two rule sets.
package struct ReplayCounts: Sendable, Equatable, Encodable {
  /// All events.
  package private(set) var events = 0
  /// Events with two known decisions.
  package private(set) var compared = 0
  /// Events with different decisions.
  package private(set) var changed = 0
  /// Events whose decision depends on a text that was not stored.
  package private(set) var undecided = 0
  /// Events that newly reach an agent, by its name.
  package private(set) var gained: [String: Int] = [:]
  /// Events that no longer reach an agent, by its name.
  package private(set) var lost: [String: Int] = [:]

  package init() {}

  /// Counts an event with one decision.
  package mutating func countAlone() { events += 1 }

  /// Counts an event without a known decision.
  package mutating func countUndecided() {
    events += 1
    undecided += 1
  }

  /// Counts an event, and returns whether its decisions differ.
  @discardableResult
  package mutating func count(_ old: Verdict, _ new: Verdict) -> Bool {
    events += 1
    compared += 1
    guard old != new else { return false }
    changed += 1
    if old.agent != new.agent {
      if let agent = new.agent { gained[agent, default: 0] += 1 }
      if let agent = old.agent { lost[agent, default: 0] += 1 }
    }
    return true
  }
}
