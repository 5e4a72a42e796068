import Core
import RuleEngine

extension Difference: CustomStringConvertible {
  /// What was expected, and what came.
  package var description: String {
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

extension TestResult {
  /// Why it fails and what may have been overlooked, on one line; `nil` if neither is known.
  var reasons: String? {
    let reasons = [shortfall?.description, note].compactMap { $0 }
    return reasons.isEmpty ? nil : reasons.joined(separator: "; ")
  }
}

extension FailureCause: CustomStringConvertible {
  /// The reason, as far as it is known.
  package var description: String {
    switch self {
    case .unheard(.own): "the bot's own posts never reach a rule"
    case .unheard: "the server's posts never reach a rule"
    case .noAccess: "`access` does not let in the user of the test"
    case .refused(let command): "the command \(quoted(command)) is not for the user of the test"
    case .unbound(let command): "the command \(quoted(command)) is not bound"
    case .shadow(let rule): "the rule \(quoted(rule)) has `mode: shadow`, and never decides"
    // Their parts say why, and stand in the trace.
    case .condition(let finding, let rule) where finding.key == .not || finding.key == .any:
      "the rule \(quoted(rule)) fails on its `\(finding.key.rawValue)`"
    case .condition(let finding, let rule): "the rule \(quoted(rule)) fails on \(finding.sentence)"
    }
  }
}

extension TestRun {
  /// The tests that fail, each with what came instead and the rules that were asked, and a line that sums up.
  package func text(_ style: ReportStyle) -> String {
    (failures.map { text(of: $0, style) } + [summary]).joined(separator: "\n") + "\n"
  }

  /// `rules.yaml: 8 of 9 tests hold, 1 fails`.
  package var summary: String {
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

  /// Puts on a page what is said of a failing test below its name.
  func show(_ result: TestResult, on page: inout Page) {
    for difference in result.differences { page.put(difference.description) }
    if let shortfall = result.shortfall { page.put("because \(shortfall)") }
    if let note = result.note { page.put("note: " + note) }
    let rules = bench.tried(result)
    page.put(rules.tried.isEmpty ? "no rule was asked" : "the rules that were asked:")
    page.margin += 2
    rules.show(on: &page, shownBy: "--format json") { [$0.action.effect] }
  }

  private func text(of result: TestResult, _ style: ReportStyle) -> String {
    let place = style.mark("\(result.test.location):", as: .place)
    var page = Page(style: style, margin: 2)
    show(result, on: &page)
    return "\(place) the test \(quoted(result.test.name)) fails\n" + page.text
  }
}
