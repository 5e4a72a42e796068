import ConfigLoader
import RuleEngine
import RulesTools
import Testing

/// 15 June 2025, 15:06:40 UTC, a Sunday.
let now: Int64 = 1_750_000_000_000

/// Loads the text of a rules file, with the analysis of `rules check`.
func load(_ text: String) -> LoadedRules {
  RulesFile.load(text: text, file: "rules.yaml", environment: [:], now: now, zone: "UTC").analyzed()
}

/// Loads the text of a rules file without errors.
func rules(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> RuleSet {
  let loaded = RulesFile.load(text: text, file: "rules.yaml", environment: [:], now: now, zone: "UTC")
  return try #require(loaded.rules, "\(loaded.report)", sourceLocation: sourceLocation)
}

/// Formats the text of a rules file.
func formatted(_ text: String) throws -> String {
  try RulesFormatter.format(SourceText(file: "rules.yaml", text: text), environment: [:], now: now)
}
