import RuleEngine
import Vocabulary

extension Difference: CustomStringConvertible {
  /// What was expected, and what came.
  public var description: String {
    func other(_ noun: String, _ came: String?, _ verb: String) -> String {
      came.map { "but \(noun) \(quoted($0)) \(verb)" } ?? "but no \(noun) \(verb)"
    }
    return switch self {
    case .rule(let rule?, let came): "expected rule \(quoted(rule)), \(other("rule", came, "decides"))"
    case .rule(nil, let came): "expected no rule, \(other("rule", came, "decides"))"
    case .agent(let agent, let came): "expected agent \(quoted(agent)), \(other("agent", came, "answers"))"
    case .command(let command, let came): "expected command \(quoted(command)), \(other("command", came, "runs"))"
    case .session(let scope, let came):
      "expected session \(quoted(scope.rawValue)), but "
        + (came.map { "it is \(quoted($0.rawValue))" } ?? "there is none")
    case .say(let text, let came):
      "expected to say \(quoted(text)), but " + (came.map { "it says \(quoted($0))" } ?? "it says nothing")
    case .deny(let text, let came):
      "expected to deny with \(quoted(text)), but " + (came.map { "it says \(quoted($0))" } ?? "it denies nothing")
    case .ignore(true): "expected silence, but something happens"
    case .ignore(false): "expected something to happen, but nothing does"
    }
  }
}

extension Shortfall: CustomStringConvertible {
  /// The reason, as far as it is known.
  public var description: String {
    switch self {
    case .unheard(.own): "the bot's own posts never reach a rule"
    case .unheard: "the server's posts never reach a rule"
    case .noAccess: "`access` does not let in the user of the test"
    case .refused(let command): "the command \(quoted(command)) is not for the user of the test"
    case .unbound(let command): "the command \(quoted(command)) is not bound"
    case .shadow(let rule): "the rule \(quoted(rule)) has `mode: shadow`, and never decides"
    case .condition(let key, let rule):
      "the rule \(quoted(rule)) does not match: its `\(key.rawValue)` does not hold"
    }
  }
}

extension TestRun {
  /// The tests that fail, each with what came instead and the rules that were asked, and a line that sums up.
  public var text: String {
    (failures.map(text) + [summary]).joined(separator: "\n") + "\n"
  }

  /// `rules.yaml: 8 of 9 tests hold, 1 fails`.
  public var summary: String {
    let count = results.count
    let failed = failures.count
    let held =
      switch (count, failed) {
      case (0, _): "no tests"
      case (1, 0): "1 test holds"
      case (_, 0): "\(count) tests hold"
      default: "\(count - failed) of \(count) tests hold, \(failed) \(failed == 1 ? "fails" : "fail")"
      }
    return "\(file): \(held)"
  }

  /// What is said of a failing test, a line each, below its name.
  func details(of result: TestResult) -> [String] {
    result.differences.map(\.description) + (result.shortfall.map { ["because \($0)"] } ?? [])
      + asked(in: result.decision)
  }

  private func text(of result: TestResult) -> String {
    let head = "\(result.test.place): the test \(quoted(result.test.name)) fails"
    return ([head] + details(of: result).map { "  " + $0 }).joined(separator: "\n") + "\n"
  }

  /// The rules that were asked, in their order, each with what came of it.
  private func asked(in decision: Decision) -> [String] {
    let steps = askedRules(in: decision)
    if steps.isEmpty { return ["no rule was asked"] }
    let shown = steps.prefix(Limits.askedRulesShownMax).map { step in
      let rule = rules.rules[step.rule]
      return "  \(rule.place.file):\(rule.place.line): \(quoted(rule.name)) "
        + (step.failed.map { "does not match: its `\($0.rawValue)` does not hold" }
          ?? (step.isShadow ? "would decide, and has `mode: shadow`" : "decides"))
    }
    let more = steps.count - shown.count
    return ["the rules that were asked:"] + shown + (more > 0 ? ["  and \(more) more"] : [])
  }
}
