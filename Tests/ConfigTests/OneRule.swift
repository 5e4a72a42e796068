import ConfigLoader
import RuleEngine
import TestSupport
import Testing

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
    try rules(text + body, environment).rules.first, sourceLocation: sourceLocation)
}

/// Returns the errors of a rule with these lines.
func diagnostics(_ lines: String, _ environment: [String: String] = [:]) -> [String] {
  let body = lines.split(separator: "\n").map { "\n    " + $0 }.joined()
  let text = "version: 1\nagents: { echo: { type: echo } }\nrules:\n  - name: talk\n    agent: echo" + body
  return load(text, environment).diagnostics.filter { $0.severity == .error }.map(\.message)
}
