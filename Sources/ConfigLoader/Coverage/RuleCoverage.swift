package import RuleEngine

/// What tests have shown of one rule.
package struct RuleCoverage: Sendable, Equatable {
  /// The rule's name.
  package let name: String
  /// Where it stands.
  package let location: FileLocation
  /// Whether a test is decided by it; of a shadow rule, whether a test would be.
  package private(set) var isDecided = false
  /// Its conditions that some event can fail, in the order in which they are asked.
  package private(set) var conditions: [ConditionCoverage]

  init(_ rule: Rule, places: [ConditionKey: FileLocation]) {
    name = rule.name
    location = rule.location
    conditions = ConditionKey.allCases.filter(rule.when.mayFail).map {
      ConditionCoverage(key: $0, location: places[$0] ?? rule.location)
    }
  }

  /// The marks that tests have shown, of all there are: one for the rule, two for each condition.
  package var marks: (shown: Int, all: Int) {
    let shown = conditions.reduce(isDecided ? 1 : 0) { $0 + ($1.hasHeld ? 1 : 0) + ($1.hasFailed ? 1 : 0) }
    return (shown, 1 + 2 * conditions.count)
  }

  /// The marks that were shown, in percent, rounded down.
  package var percent: Int { Coverage.percent(marks) }

  mutating func noteMatch() {
    isDecided = true
    for index in conditions.indices { conditions[index].hasHeld = true }
  }

  /// A rule is asked up to the first condition that fails; what stands behind it is not known.
  mutating func note(failed: ConditionKey) {
    for index in conditions.indices {
      let key = conditions[index].key
      if key == failed { conditions[index].hasFailed = true }
      if key.isAsked(before: failed) { conditions[index].hasHeld = true }
    }
  }
}

/// What tests have shown of one condition.
package struct ConditionCoverage: Sendable, Equatable {
  /// Its key in `when`.
  package let key: ConditionKey
  /// Where it stands.
  package let location: FileLocation
  /// Whether a test came past it.
  package internal(set) var hasHeld = false
  /// Whether a test came to it and failed.
  package internal(set) var hasFailed = false
}

extension ConditionKey {
  /// Whether this is asked before another: the order of the cases is the order of the questions.
  func isAsked(before other: ConditionKey) -> Bool {
    for key in Self.allCases where key == self || key == other { return key == self && key != other }
    return false
  }
}
