package import RuleEngine

/// A file that holds tests of rules that stand elsewhere: `version` and `tests`, nothing else.
package enum TestFile {
  /// Whether a text is meant as such a file: it has tests, and no rules.
  package static func isOne(_ source: SourceText) -> Bool {
    guard case .mapping(let entries)? = ConfigTree(source).root?.value else { return false }
    let keys = Set(entries.map(\.key))
    return keys.contains(Schema.File.tests.row.name) && !keys.contains(Schema.File.rules.row.name)
  }

  /// Loads its tests of `rules`. The other parameters are those of `RulesFile.load`.
  package static func load(
    _ source: SourceText, of rules: RuleSet, environment: [String: String], now: Int64, zone: String? = nil
  ) -> LoadedTests {
    let tree = ConfigTree(source)
    var reader = RulesReader(source: source, environment: environment, now: now, zone: zone)
    reader.findings.add(tree.diagnostics)
    let tests = tree.root.flatMap { reader.tests($0, of: rules) }
    return LoadedTests(
      tests: reader.findings.errors > 0 ? nil : tests, diagnostics: reader.findings.sorted,
      leftOut: reader.findings.leftOut, source: reader.source)
  }
}

/// What came of loading a file of tests.
package struct LoadedTests: Sendable {
  /// The tests; nil where any finding is an error.
  package let tests: [RuleTest]?
  /// What was found, in the order of the places; at most a thousand.
  package let diagnostics: [Diagnostic]
  /// How many more findings there were.
  package let leftOut: Int
  /// The text that the findings point into.
  package let source: SourceText

  /// The findings as a person reads them; empty where there are none.
  package var report: String { source.report(diagnostics, leftOut: leftOut) }
}
