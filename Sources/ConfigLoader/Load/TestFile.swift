import Core
package import RuleEngine

/// A file of tests for the rules of another file: `version` and `tests`, nothing else.
package enum TestFile {
  /// Returns whether a file has tests but no rules.
  package static func isOne(_ source: SourceText) -> Bool {
    guard case .mapping(let entries)? = ConfigTree(source).root?.value else { return false }
    let keys = Set(entries.map(\.key))
    return keys.contains(Schema.File.tests.row.name) && !keys.contains(Schema.File.rules.row.name)
  }

  /// Loads the tests of `rules` in a file. The other parameters are those of `RulesFile.load`.
  package static func load(
    _ source: SourceText, of rules: RuleSet, environment: [String: String], now: Int64, zone: String? = nil
  ) -> LoadedTests {
    let tree = ConfigTree(source)
    var reader = RulesReader(source: source, environment: environment, now: now, zone: zone)
    reader.diagnostics.add(tree.diagnostics)
    let tests = tree.root.flatMap { reader.tests($0, of: rules) }
    return LoadedTests(
      tests: reader.diagnostics.errors > 0 ? nil : tests, diagnostics: reader.diagnostics.sorted,
      leftOut: reader.diagnostics.leftOut, source: reader.source)
  }
}

/// A loaded file of tests.
package struct LoadedTests: Sendable {
  /// The tests; `nil` if a diagnostic is an error.
  package let tests: [RuleTest]?
  /// The diagnostics, ordered by position; at most 1,000.
  package let diagnostics: [Diagnostic]
  /// The number of further diagnostics.
  package let leftOut: Int
  /// The text that the diagnostics point into.
  package let source: SourceText

  /// The diagnostics as text for people; empty if there are none.
  package var report: String { source.report(diagnostics, leftOut: leftOut) }
}

extension ConfigNode {
  /// Indicates whether this is the root of a file of tests, loaded as a rules file.
  var holdsTestsAlone: Bool {
    guard case .mapping(let entries) = value else { return false }
    let keys = Set(entries.map(\.key))
    return keys.contains(Schema.File.tests.row.name) && keys.isSubset(of: Schema.TestFile.section.keys.map(\.name))
  }
}

extension RulesReader {
  /// Runs the tests of a rules file without errors. A failing test is a warning.
  mutating func checkTests(of set: RuleSet) {
    guard set.tests.count * set.rules.count <= Limits.rulesAskedByTestsMax else {
      if let span = testSpans.first {
        diagnostics.add(.tooManyTests(set.tests.count, rules: set.rules.count, at: span))
      }
      return
    }
    guard !set.tests.isEmpty else { return }
    let tester: RuleTester
    do throws(RuleSetError) {
      tester = try RuleTester(set)
    } catch {
      // Each expression compiled when it was read. Together they may still exceed a limit, in the gateway as well.
      diagnostics.add(.badExpression("\(error)", at: .fileStart))
      return
    }
    for (test, span) in zip(set.tests, testSpans) where !diagnostics.isFull {
      let result = tester.run(test)
      if !result.passes { diagnostics.add(.expectationFails(result, at: span)) }
    }
  }

  /// Reads a file of tests for rules that were loaded before.
  mutating func tests(_ root: ConfigNode, of set: RuleSet) -> [RuleTest]? {
    declareNames(of: set)
    guard let fields = fields(root, as: Schema.TestFile.section, Schema.TestFile.section.phrase) else { return nil }
    value(Schema.File.version, in: fields)
    let tests = value(Schema.File.tests, in: fields)
    return diagnostics.errors == 0 ? tests : nil
  }

  /// Declares the names that tests may use. They are in another file, so that no diagnostic points at them.
  private mutating func declareNames(of set: RuleSet) {
    bot = set.bot
    access = set.access
    hasAdmin = set.access.admin != nil
    for agent in set.agents { agentSpans[agent.name] = .fileStart }
    for rule in set.rules { ruleSpans[rule.name] = .fileStart }
    for binding in set.commands.bindings {
      for name in [binding.name] + binding.aliases { commandNames[name] = (binding.name, nil) }
    }
  }
}

extension Diagnostic {
  fileprivate static func expectationFails(_ result: TestResult, at span: SourceSpan) -> Self {
    Self(
      .expectationFails,
      "the test \(quoted(result.test.name)) fails: " + result.mismatches.map(\.description).joined(separator: "; "),
      at: span, help: result.reasons)
  }

  fileprivate static func tooManyTests(_ tests: Int, rules: Int, at span: SourceSpan) -> Self {
    Self(
      .tooManyTests, "\(tests.grouped) tests of \(rules.grouped) rules would take too long: no test was run",
      at: span,
      help: "remove the less useful tests")
  }
}
