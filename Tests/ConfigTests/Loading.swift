import ConfigLoader
import RuleEngine
import Testing

/// 15 June 2025, 15:06:40 UTC, a Sunday.
let now: Int64 = 1_750_000_000_000

func load(_ text: String, _ environment: [String: String] = [:], zone: String = "UTC") -> LoadedRules {
  RulesFile.load(text: text, file: "rules.yaml", environment: environment, now: now, zone: zone).analyzed()
}

/// The rules of a text without findings other than warnings.
func rules(
  _ text: String, _ environment: [String: String] = [:], zone: String = "UTC",
  sourceLocation: SourceLocation = #_sourceLocation
) throws -> RuleSet {
  // What the rules come to needs no look for unreachable ones.
  let loaded = RulesFile.load(text: text, file: "rules.yaml", environment: environment, now: now, zone: zone)
  return try #require(loaded.rules, "\(loaded.report)", sourceLocation: sourceLocation)
}

/// The one rule with this inside, in a file that has what it may name.
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

/// What is found in a rule with this inside.
func findings(_ lines: String, _ environment: [String: String] = [:]) -> [String] {
  let body = lines.split(separator: "\n").map { "\n    " + $0 }.joined()
  let text = "version: 1\nagents: { echo: { type: echo } }\nrules:\n  - name: talk\n    agent: echo" + body
  return load(text, environment).diagnostics.filter { $0.severity == .error }.map(\.message)
}
