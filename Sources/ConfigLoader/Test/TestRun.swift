package import RuleEngine

/// A rule set with what came of its tests.
package struct TestRun: Sendable {
  /// How findings call the rules: their file.
  package let file: String
  /// The rules that were asked.
  package let rules: RuleSet
  /// What came of each test, in order.
  package let results: [TestResult]
  /// What the tests have shown of the rules; nil where nobody asked.
  package let coverage: Coverage?

  /// Who was asked. What each rule said of a failing test is asked anew when it is shown: of many, it would be much.
  let bench: RuleTester

  /// The tests that fail.
  package var failures: [TestResult] { results.filter { !$0.holds } }

  /// Asks rules that were loaded without errors their own tests and `more`.
  ///
  /// - Parameters:
  ///   - filter: a part of the names of the tests to ask, in any case; nil asks all.
  ///   - covering: whether to work out the coverage.
  /// - Throws: what is wrong with a regular expression.
  package init(
    _ set: RuleSet, of source: SourceText, and more: [RuleTest] = [], filter: String? = nil, covering: Bool = false
  ) throws(RuleSetError) {
    let bench = try RuleTester(set)
    let wanted = filter?.lowercased()
    let tests = (set.tests + more).filter { test in wanted.map { test.name.lowercased().contains($0) } ?? true }
    self.bench = bench
    file = source.file
    rules = set
    results = tests.map { bench.result(of: $0, traced: covering) }
    coverage = covering ? Coverage(of: set, in: source, by: results.map(\.decision)) : nil
  }
}
