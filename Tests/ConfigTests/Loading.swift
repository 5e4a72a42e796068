import ConfigLoader
import RuleEngine
import RulesTools
import Testing

/// 15 June 2025, 15:06:40 UTC, a Sunday.
let now: Int64 = 1_750_000_000_000

func load(_ text: String, _ environment: [String: String] = [:], zone: String = "UTC") -> LoadedRules {
  RulesFile.load(text: text, file: "rules.yaml", environment: environment, now: now, zone: zone).analyzed()
}

/// Loads the text of a rules file without errors.
func rules(
  _ text: String, _ environment: [String: String] = [:], zone: String = "UTC",
  sourceLocation: SourceLocation = #_sourceLocation
) throws -> RuleSet {
  // Without the analysis, which takes time.
  let loaded = RulesFile.load(text: text, file: "rules.yaml", environment: environment, now: now, zone: zone)
  return try #require(loaded.rules, "\(loaded.report)", sourceLocation: sourceLocation)
}

/// Loads one rule with these lines, in a file with the names that it may use.
func rule(
  _ lines: String, _ environment: [String: String] = [:], sourceLocation: SourceLocation = #_sourceLocation
) throws -> Rule {
  let text = """
    version: 1
    groups: { oncall: { users: [alice, "@Bob"] }, eng: { channels: [dev, ~ops], teams: core } }
    agents: { echo: { type: echo } }
    commands: { bind: { new: { action: new, aliases: reset }, stop: { action: stop } } }
    rules:
      - name: talk
        agent: echo
    """
  let body = lines.split(separator: "\n").map { "\n    " + $0 }.joined()
  return try #require(
    try rules(text + body, environment, sourceLocation: sourceLocation).rules.first, sourceLocation: sourceLocation)
}

/// Returns the errors of a rule with these lines.
func findings(_ lines: String, _ environment: [String: String] = [:]) -> [String] {
  let body = lines.split(separator: "\n").map { "\n    " + $0 }.joined()
  let text = "version: 1\nagents: { echo: { type: echo } }\nrules:\n  - name: talk\n    agent: echo" + body
  return load(text, environment).diagnostics.filter { $0.severity == .error }.map(\.message)
}
