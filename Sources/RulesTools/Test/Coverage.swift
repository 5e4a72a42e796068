import ConfigLoader
import Core
package import RuleEngine

/// The parts of a rule set that its tests have exercised.
///
/// It counts marks: one for each rule that decides a test, and two for each condition, that it held and that it failed.
package struct Coverage: Sendable, Equatable {
  /// The coverage of each rule, in the order of the file.
  package private(set) var rules: [RuleCoverage]

  /// Computes the coverage from traced decisions.
  init(of set: RuleSet, in source: SourceText, by decisions: [Decision]) {
    let locations = ConditionLocations(source)
    rules = set.rules.enumerated().map { RuleCoverage($1, locations: locations.keys(ofRule: $0)) }
    for decision in decisions {
      for step in decision.trace { rules[step.rule].record(failed: step.failed) }
      for rule in decision.shadows { rules[rule].recordMatch() }
      if let rule = decision.rule { rules[rule].recordMatch() }
    }
  }

  /// The marks that tests have set, and all marks.
  package var marks: (shown: Int, all: Int) {
    rules.reduce((0, 0)) { ($0.0 + $1.marks.shown, $0.1 + $1.marks.all) }
  }

  /// The share of the marks that tests have set, in percent, rounded down, so that 100 means all.
  package var percent: Int { Self.percent(marks) }

  /// The number of rules that decide a test.
  package var decidedRules: Int { rules.count { $0.isDecided } }

  fileprivate static func percent(_ marks: (shown: Int, all: Int)) -> Int {
    marks.all == 0 ? 100 : marks.shown * 100 / marks.all
  }
}

/// The coverage of one rule.
package struct RuleCoverage: Sendable, Equatable {
  /// The rule's name.
  package let name: String
  /// The location of the rule in its file.
  package let location: FileLocation
  /// Indicates whether the rule decides a test; for a shadow rule, whether it would.
  package private(set) var isDecided = false
  /// The conditions that can fail, in the order of their evaluation.
  package private(set) var conditions: [ConditionCoverage]

  fileprivate init(_ rule: Rule, locations: [ConditionKey: FileLocation]) {
    name = rule.name
    location = rule.location
    conditions = ConditionKey.inEvaluationOrder.filter(rule.when.mayFail).map {
      ConditionCoverage(key: $0, location: locations[$0] ?? rule.location)
    }
  }

  /// The marks that tests have set, and all marks of the rule.
  package var marks: (shown: Int, all: Int) {
    let shown = conditions.reduce(isDecided ? 1 : 0) { $0 + ($1.hasHeld ? 1 : 0) + ($1.hasFailed ? 1 : 0) }
    return (shown, 1 + 2 * conditions.count)
  }

  /// The share of the marks that tests have set, in percent, rounded down.
  package var percent: Int { Coverage.percent(marks) }

  fileprivate mutating func recordMatch() {
    isDecided = true
    for index in conditions.indices { conditions[index].hasHeld = true }
  }

  /// Records a condition that failed: those before it held, those after it were not evaluated.
  fileprivate mutating func record(failed: ConditionKey) {
    for index in conditions.indices {
      let key = conditions[index].key
      if key == failed { conditions[index].hasFailed = true }
      if key.isEvaluated(before: failed) { conditions[index].hasHeld = true }
    }
  }
}

/// The coverage of one condition.
package struct ConditionCoverage: Sendable, Equatable {
  /// The key in `when`.
  package let key: ConditionKey
  /// The location of the key.
  package let location: FileLocation
  /// Indicates whether the condition held in a test.
  package fileprivate(set) var hasHeld = false
  /// Indicates whether the condition failed in a test.
  package fileprivate(set) var hasFailed = false
}

extension ConditionKey {
  /// Returns whether this is evaluated before another.
  fileprivate func isEvaluated(before other: ConditionKey) -> Bool {
    for key in Self.inEvaluationOrder where key == self || key == other { return key == self && key != other }
    return false
  }
}

extension Condition {
  /// Returns whether an event can fail a key: `channel: "*"` and `trigger: message` hold for every event.
  fileprivate func mayFail(_ key: ConditionKey) -> Bool {
    guard keys.contains(key) else { return false }
    return switch self[key] {
    case .facts(let allowed): key.field.domain.map { allowed != $0.all } ?? false
    case .triggers(let triggers): !triggers.contains(.message)
    case .names(let names): !names.isEveryone
    case nil: false
    case .reach, .commands, .time, .text, .conditions: true
    }
  }
}

extension Coverage {
  /// Each rule with its share and the tests that it lacks, and a summary.
  package var text: String {
    let marks = marks
    let sum =
      "coverage: \(percent) %, \(marks.shown) of \(marks.all); "
      + "\(decidedRules) of \(rules.count.counted("rule")) \(rules.count.plural(one: "decides", other: "decide")) a test"
    return (rules.flatMap(\.lines) + [sum]).joined(separator: "\n") + "\n"
  }
}

extension RuleCoverage {
  fileprivate var lines: [String] {
    let share = String(repeating: " ", count: max(0, 3 - "\(percent)".count)) + "\(percent) %"
    let head = "\(share)  \(location.file):\(location.line): \(quoted(name))"
    return [head] + gaps.map { "       \($0.location.file):\($0.location.line): \($0.text)" }
  }

  private var gaps: [(location: FileLocation, text: String)] {
    var gaps: [(location: FileLocation, text: String)] = []
    if !isDecided { gaps.append((location, "no test is decided by it; add a post that meets all its conditions")) }
    for condition in conditions {
      let key = condition.key.rawValue
      let earlier = conditions.map(\.key).filter { $0.isEvaluated(before: condition.key) }.map(\.rawValue)
      let past = earlier.isEmpty ? "" : " that meets \(listed(earlier))"
      if !condition.hasHeld {
        gaps.append((condition.location, "`\(key)` holds in no test; add a post\(past) for which it does"))
      }
      if !condition.hasFailed {
        gaps.append((condition.location, "`\(key)` fails in no test; add a post\(past) for which it does"))
      }
    }
    return gaps
  }
}
