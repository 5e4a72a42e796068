package import ConfigLoader
import Core
import RuleAnalysis
package import RuleEngine

/// The results of running tests against a rule set.
package struct TestRun: Sendable {
  /// The name of the rules file.
  package let file: String
  /// The rules under test.
  package let rules: RuleSet
  /// The result of each test, in order.
  package let results: [TestResult]
  /// The coverage of the rules; `nil` unless it was requested.
  package let coverage: Coverage?

  /// Traces of failing tests are computed when they are shown: to store them all would take much memory.
  private let tester: RuleTester

  /// The failing tests.
  package var failures: [TestResult] { results.filter { !$0.passes } }

  /// Runs the tests of a rules file that was loaded without errors.
  ///
  /// - Parameters:
  ///   - more: tests from other files.
  ///   - filter: a part of the names of the tests to run, in any case; `nil` runs all.
  ///   - covering: whether to compute the coverage.
  /// - Throws: the problem of a regular expression.
  package init(
    _ set: RuleSet, of source: SourceText, and more: [RuleTest] = [], filter: String? = nil, covering: Bool = false
  ) throws(RuleSetError) {
    let tester = try RuleTester(set)
    let wanted = filter?.lowercased()
    let tests = (set.tests + more).filter { test in wanted.map { test.name.lowercased().contains($0) } ?? true }
    self.tester = tester
    file = source.file
    rules = set
    results = tests.map { tester.run($0, traced: covering) }
    coverage = covering ? Coverage(of: set, in: source, by: results.map(\.decision)) : nil
  }

  /// The rules that a test tried.
  func trace(of result: TestResult) -> TraceReport {
    let expected = if case .named(let name)? = result.test.expect.rule { name } else { nil as String? }
    return TraceReport(
      tester.explainer.tried(result.test.given, result.decision), of: tester.explainer.rules.ruleSet,
      including: expected)
  }
}

extension TestRun {
  /// The failing tests, each with its mismatches and the rules that were tried, and a summary.
  package func text(_ style: ReportStyle) -> String {
    (failures.map { text(of: $0, style) } + [summary]).joined(separator: "\n") + "\n"
  }

  /// `rules.yaml: 8 of 9 tests pass, 1 fails`.
  package var summary: String {
    let count = results.count
    let failed = failures.count
    let passed =
      switch (count, failed) {
      case (0, _): "no tests"
      case (1, 0): "1 test passes"
      case (_, 0): "\(count) tests pass"
      default: "\(count - failed) of \(count) tests pass, \(failed) \(failed.plural(one: "fails", other: "fail"))"
      }
    return "\(file): \(passed)"
  }

  /// Writes the details of a failing test.
  func write(_ result: TestResult, to page: inout ReportPage) {
    for mismatch in result.mismatches { page.add(mismatch.description) }
    if let cause = result.cause { page.add("because \(cause)") }
    if let note = result.note { page.add("note: " + note) }
    let trace = trace(of: result)
    page.add(trace.isEmpty ? "no rule was tried" : "the rules that were tried:")
    page.margin += 2
    trace.write(to: &page, shownBy: "--format json") { [$0.action.effect] }
  }

  private func text(of result: TestResult, _ style: ReportStyle) -> String {
    let location = style.mark("\(result.test.location):", as: .location)
    var page = ReportPage(style: style, margin: 2)
    write(result, to: &page)
    return "\(location) the test \(quoted(result.test.name)) fails\n" + page.text
  }
}
