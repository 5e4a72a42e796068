import Core
import RuleEngine

extension TraceReport {
  /// Every rule, whether or not people would be shown it.
  var json: JSON { .array(tried.map(json)) }

  private func json(_ tried: TriedRule) -> JSON {
    let rule = ruleSet.rules[tried.rule].whereabouts
    return switch tried.verdict {
    case .decides: rule.appending(["verdict": "decides"])
    case .wouldDecide: rule.appending(["verdict": "would-decide"])
    case .fails(let finding, let keys):
      rule.appending([
        "verdict": "fails", "failed": finding.json, "all_failed": .array(keys.map { .string($0.rawValue) }),
      ])
    }
  }
}

extension ConditionFinding {
  fileprivate var json: JSON {
    [
      "condition": .string(key.rawValue), "test": test.map { .string($0.rawValue) } ?? .null,
      "negated": .bool(isDenied), "expected": .array(expected.map { .string($0) }),
      "found": .array(found.map { .string($0) }), "parts": .array(parts.map(\.json)),
    ]
  }
}

extension Rule {
  /// Its name and where it stands.
  var whereabouts: JSON { ["rule": .string(name), "file": .string(location.file), "line": .int(location.line)] }
}
