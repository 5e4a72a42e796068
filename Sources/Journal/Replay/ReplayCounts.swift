package import RuleEngine

/// How the decisions of many events differ between then and now, or between two rule sets.
package struct ReplayCounts: Sendable, Equatable, Encodable {
  /// Events that were looked at.
  package private(set) var events = 0
  /// Events of which both decisions are known.
  package private(set) var compared = 0
  /// Events that are decided differently.
  package private(set) var changed = 0
  /// Events whose decision depends on a text that was not kept.
  package private(set) var undecided = 0
  /// How many events reach an agent that they did not reach.
  package private(set) var gained: [String: Int] = [:]
  /// How many events reach an agent no more.
  package private(set) var lost: [String: Int] = [:]

  /// Nothing compared yet.
  package init() {}

  /// Counts an event that only one side has decided.
  package mutating func countAlone() { events += 1 }

  /// Counts an event whose decision is not known.
  package mutating func countUndecided() {
    events += 1
    undecided += 1
  }

  /// Counts an event; tells whether it changes.
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
