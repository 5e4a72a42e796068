import RuleEngine

extension Coverage {
  /// Each rule with its share, below it what no test shows and how to show it, and a line that sums up.
  package var text: String {
    let marks = marks
    let lines = rules.flatMap { $0.lines }
    let rules = self.rules.count
    let sum =
      "coverage: \(percent) %, \(marks.shown) of \(marks.all); "
      + "\(decidedRules) of \(rules) \(rules == 1 ? "rule decides" : "rules decide") a test"
    return (lines + [sum]).joined(separator: "\n") + "\n"
  }
}

extension RuleCoverage {
  fileprivate var lines: [String] {
    let share = String(repeating: " ", count: max(0, 3 - "\(percent)".count)) + "\(percent) %"
    let head = "\(share)  \(location.file):\(location.line): \(quoted(name))"
    return [head] + gaps.map { "       \($0.location.file):\($0.location.line): \($0.text)" }
  }

  private var gaps: [(location: FileLocation, text: String)] {
    let undecided: [(location: FileLocation, text: String)] =
      isDecided ? [] : [(location, "no test is decided by it; ask a post that all its conditions let through")]
    return undecided
      + conditions.flatMap { condition in
        let earlier = conditions.map(\.key).filter { $0.isAsked(before: condition.key) }.map(\.rawValue)
        let past = earlier.isEmpty ? "" : " that comes past \(listed(earlier))"
        let key = condition.key.rawValue
        var gaps: [(location: FileLocation, text: String)] = []
        if !condition.hasHeld {
          gaps.append((condition.location, "`\(key)` holds in no test; ask a post\(past) for which it does"))
        }
        if !condition.hasFailed {
          gaps.append((condition.location, "`\(key)` fails in no test; ask a post\(past) for which it does"))
        }
        return gaps
      }
  }
}
