import FoundationEssentials
import RuleEngine

extension TestRun {
  /// Several runs as JSON, for programs.
  public static func json(_ runs: [TestRun]) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let value = RunsJSON(runs: runs.map(RunJSON.init), holds: runs.allSatisfy { $0.failures.isEmpty })
    return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
}

private struct RunsJSON: Encodable {
  var runs: [RunJSON]
  var holds: Bool
}

private struct RunJSON: Encodable {
  var rules: String
  var holding: Int
  var failing: Int
  var tests: [ResultJSON]
  var coverage: CoverageJSON?

  init(_ run: TestRun) {
    rules = run.file
    failing = run.failures.count
    holding = run.results.count - failing
    tests = run.results.map { ResultJSON($0, in: run) }
    coverage = run.coverage.map(CoverageJSON.init)
  }
}

private struct ResultJSON: Encodable {
  var name: String
  var place: PlaceJSON
  var holds: Bool
  var differences: [DifferenceJSON]
  var because: String?
  /// Of a failing test.
  var asked: [AskedJSON]?

  init(_ result: TestResult, in run: TestRun) {
    name = result.test.name
    place = PlaceJSON(result.test.place)
    holds = result.holds
    differences = result.differences.map {
      DifferenceJSON(key: $0.key, expected: $0.values.expected, found: $0.values.found)
    }
    because = result.shortfall?.description
    asked = holds ? nil : run.askedRules(in: result.decision).map { AskedJSON($0, in: run.rules) }
  }
}

private struct DifferenceJSON: Encodable {
  var key: String
  var expected: String?
  var found: String?
}

private struct AskedJSON: Encodable {
  var rule: String
  var place: PlaceJSON
  var failed: String?
  var isShadow: Bool

  init(_ asked: TestRun.AskedRule, in set: RuleSet) {
    rule = set.rules[asked.rule].name
    place = PlaceJSON(set.rules[asked.rule].place)
    failed = asked.failed?.rawValue
    isShadow = asked.isShadow
  }
}

private struct PlaceJSON: Encodable {
  var file: String
  var line: Int
  var column: Int

  init(_ place: SourcePlace) {
    (file, line, column) = (place.file, place.line, place.column)
  }
}

private struct CoverageJSON: Encodable {
  var percent: Int
  var decidedRules: Int
  var rules: [RuleJSON]

  init(_ coverage: Coverage) {
    percent = coverage.percent
    decidedRules = coverage.decidedRules
    rules = coverage.rules.map(RuleJSON.init)
  }

  struct RuleJSON: Encodable {
    var name: String
    var place: PlaceJSON
    var percent: Int
    var isDecided: Bool
    var conditions: [ConditionJSON]

    init(_ rule: RuleCoverage) {
      name = rule.name
      place = PlaceJSON(rule.place)
      percent = rule.percent
      isDecided = rule.isDecided
      conditions = rule.conditions.map(ConditionJSON.init)
    }
  }

  struct ConditionJSON: Encodable {
    var key: String
    var place: PlaceJSON
    var hasHeld: Bool
    var hasFailed: Bool

    init(_ condition: ConditionCoverage) {
      key = condition.key.rawValue
      place = PlaceJSON(condition.place)
      hasHeld = condition.hasHeld
      hasFailed = condition.hasFailed
    }
  }
}
