import Core
package import RuleEngine

extension Mismatch: CustomStringConvertible {
  /// The expected and the actual value: ``expected rule `a`, but rule `b` decides``.
  package var description: String {
    func other(_ noun: String, _ actual: String?, _ verb: String) -> String {
      actual.map { "but \(noun) \(quoted($0)) \(verb)" } ?? "but no \(noun) \(verb)"
    }
    return switch self {
    case .rule(let rule?, let actual): "expected rule \(quoted(rule)), \(other("rule", actual, "decides"))"
    case .rule(nil, let actual): "expected no rule, \(other("rule", actual, "decides"))"
    case .agent(let agent, let actual): "expected agent \(quoted(agent)), \(other("agent", actual, "answers"))"
    case .command(let command, let actual):
      "expected command \(quoted(command)), \(other("command", actual, "runs"))"
    case .session(let scope, let actual):
      "expected session \(quoted(scope.rawValue)), but "
        + (actual.map { "it is \(quoted($0.rawValue))" } ?? "there is none")
    case .say(let text, let actual):
      "expected to say \(quoted(text)), but " + (actual.map { "it says \(quoted($0))" } ?? "it says nothing")
    case .deny(let text, let actual):
      "expected to deny with \(quoted(text)), but " + (actual.map { "it says \(quoted($0))" } ?? "it denies nothing")
    case .ignore(true): "expected silence, but something happens"
    case .ignore(false): "expected something to happen, but nothing does"
    }
  }
}

extension FailureCause: CustomStringConvertible {
  /// The reason as a clause.
  package var description: String {
    switch self {
    case .notHeard(.own): "the bot's own posts never reach a rule"
    case .notHeard: "the server's posts never reach a rule"
    case .noAccess: "`access` does not allow the user of the test"
    case .refused(let command): "the user of the test may not use the command \(quoted(command))"
    case .unbound(let command): "the command \(quoted(command)) is not bound"
    case .shadow(let rule): "the rule \(quoted(rule)) has `mode: shadow`, and never decides"
    // The parts that fail are in the trace.
    case .condition(let diagnostic, let rule) where diagnostic.key == .not || diagnostic.key == .any:
      "the rule \(quoted(rule)) fails on its `\(diagnostic.key.rawValue)`"
    case .condition(let diagnostic, let rule): "the rule \(quoted(rule)) fails on \(diagnostic.sentence)"
    }
  }
}

extension TestResult {
  /// The cause and the note on one line, or `nil` if there is neither.
  package var reasons: String? {
    let reasons = [cause?.description, note].compactMap { $0 }
    return reasons.isEmpty ? nil : reasons.joined(separator: "; ")
  }
}

extension ConditionResult {
  /// `channel: expected ops or dev, found town-square`.
  package var sentence: String {
    switch (key, isDenied) {
    case (.not, false): return "not: this must not hold"
    case (.not, true): return "not: this does not hold"
    case (.any, false): return "any: none of these holds"
    case (.any, true): return "any: this holds"
    default: break
    }
    let name = key.rawValue + (test.map { " \($0.rawValue)" } ?? "") + (isCaseSensitive ? " (case: sensitive)" : "")
    let values = expected.map { test == nil ? $0.printable : quoted($0) }
    let joined = enumeration(of: values, conjunction: isDenied ? "nor" : "or", limit: Limits.expectedShownMax)
    let wanted = isDenied ? (values.count > 1 ? "neither \(joined)" : "not \(joined)") : joined
    return "\(name): expected \(wanted), found \(foundPhrase)"
  }

  private var foundPhrase: String {
    if test != nil { return quoted(found.joined()) }
    if key == .trigger, found == ["message"] { return "a plain message" }
    if found.isEmpty { return "none" }
    return enumeration(of: found.map(\.printable), conjunction: "and", limit: Limits.expectedShownMax)
  }
}
