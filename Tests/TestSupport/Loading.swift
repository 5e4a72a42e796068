package import ConfigLoader
package import RuleEngine
import RulesTools

/// 15 June 2025, 15:06:40 UTC, a Sunday.
package let now: Int64 = 1_750_000_000_000

/// Loads the text of a rules file, with the analysis of `rules check`.
package func load(_ text: String, _ environment: [String: String] = [:], zone: String = "UTC") -> LoadedRules {
  loadWithoutAnalysis(text, environment, zone: zone).analyzed()
}

/// Loads the text of a rules file without errors, and without the analysis, which takes time.
///
/// - Throws: `TestFailure` if the file has errors.
package func rules(_ text: String, _ environment: [String: String] = [:], zone: String = "UTC") throws -> RuleSet {
  let loaded = loadWithoutAnalysis(text, environment, zone: zone)
  guard let rules = loaded.rules else { throw TestFailure(loaded.report) }
  return rules
}

private func loadWithoutAnalysis(_ text: String, _ environment: [String: String], zone: String) -> LoadedRules {
  RulesFile.load(text: text, file: "rules.yaml", environment: environment, now: now, zone: zone)
}
