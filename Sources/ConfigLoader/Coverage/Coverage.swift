import RuleEngine

/// What the tests of a rule set have shown of its rules.
///
/// A mark is one thing that tests can show: of a rule that it decides, of a condition that it held and that it failed.
package struct Coverage: Sendable, Equatable {
  /// Each rule, in the order of the file.
  package private(set) var rules: [RuleCoverage]

  /// Works out what decisions show, each with its trace.
  init(of set: RuleSet, in source: SourceText, by decisions: [Decision]) {
    let places = ConditionLocations(source)
    rules = set.rules.enumerated().map { RuleCoverage($1, places: places.ofRule($0)) }
    for decision in decisions {
      for step in decision.trace { rules[step.rule].note(failed: step.failed) }
      for rule in decision.shadows { rules[rule].noteMatch() }
      if let rule = decision.rule { rules[rule].noteMatch() }
    }
  }

  /// The marks that tests have shown, of all there are.
  package var marks: (shown: Int, all: Int) {
    rules.reduce((0, 0)) { ($0.0 + $1.marks.shown, $0.1 + $1.marks.all) }
  }

  /// The marks that were shown, in percent, rounded down, so that 100 is all of them.
  package var percent: Int { Self.percent(marks) }

  /// How many rules decide a test.
  package var decidedRules: Int { rules.count { $0.isDecided } }

  static func percent(_ marks: (shown: Int, all: Int)) -> Int {
    marks.all == 0 ? 100 : marks.shown * 100 / marks.all
  }
}
