import ConfigLoader
import Core
import RuleEngine

extension TestRun {
  /// Returns several runs as one JSON document.
  /// - Parameter problems: the reasons why other tests could not run.
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
      "name": .string(result.test.name), "location": result.test.location.json, "holds": .bool(result.passes),
    ]
    if result.passes { return head }
    return head.appending([
      "differences": .array(result.mismatches.map(\.json)), "because": JSON(result.cause?.description),
      "note": JSON(result.note),
      "tried": trace(of: result).json,
    ])
  }
}

extension Mismatch {
  fileprivate var json: JSON {
    ["key": .string(key), "expected": JSON(values.expected), "found": JSON(values.actual)]
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
      "name": .string(name), "location": location.json, "percent": .int(percent), "decided": .bool(isDecided),
      "conditions": .array(conditions.map(\.json)),
    ]
  }
}

extension ConditionCoverage {
  fileprivate var json: JSON {
    ["key": .string(key.rawValue), "location": location.json, "held": .bool(hasHeld), "failed": .bool(hasFailed)]
  }
}

extension FileLocation {
  fileprivate var json: JSON { ["file": .string(file), "line": .int(line), "column": .int(column)] }
}

extension JSON {
  fileprivate init(_ text: String?) { self = text.map { .string($0) } ?? .null }
}
