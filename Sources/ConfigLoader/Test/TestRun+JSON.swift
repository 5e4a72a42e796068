import Core
import RuleEngine

extension TestRun {
  /// Several runs as JSON, for programs, with the reasons why other tests could not be asked.
  package static func json(_ runs: [TestRun], problems: [String] = []) -> String {
    let json: JSON = [
      "holds": .bool(problems.isEmpty && runs.allSatisfy { $0.failures.isEmpty }), "runs": .array(runs.map(\.json)),
      "problems": .array(problems.map { .string($0) }),
    ]
    return json.lines
  }

  private var json: JSON {
    let json: JSON = [
      "rules": .string(file), "holding": .int(results.count - failures.count), "failing": .int(failures.count),
      "tests": .array(results.map(json)),
    ]
    return coverage.map { json.appending(["coverage": $0.json]) } ?? json
  }

  private func json(_ result: TestResult) -> JSON {
    let head: JSON = [
      "name": .string(result.test.name), "place": result.test.location.json, "holds": .bool(result.holds),
    ]
    if result.holds { return head }
    return head.appending([
      "differences": .array(result.differences.map(\.json)), "because": JSON(result.shortfall?.description),
      "note": JSON(result.note),
      "tried": bench.tried(result).json,
    ])
  }
}

extension Difference {
  fileprivate var json: JSON {
    ["key": .string(key), "expected": JSON(values.expected), "found": JSON(values.found)]
  }
}

extension Coverage {
  fileprivate var json: JSON {
    ["percent": .int(percent), "decided_rules": .int(decidedRules), "rules": .array(rules.map(\.json))]
  }
}

extension RuleCoverage {
  fileprivate var json: JSON {
    [
      "name": .string(name), "place": location.json, "percent": .int(percent), "decided": .bool(isDecided),
      "conditions": .array(conditions.map(\.json)),
    ]
  }
}

extension ConditionCoverage {
  fileprivate var json: JSON {
    ["key": .string(key.rawValue), "place": location.json, "held": .bool(hasHeld), "failed": .bool(hasFailed)]
  }
}

extension FileLocation {
  fileprivate var json: JSON { ["file": .string(file), "line": .int(line), "column": .int(column)] }
}

extension JSON {
  /// A text, or nothing.
  fileprivate init(_ text: String?) { self = text.map { .string($0) } ?? .null }
}
