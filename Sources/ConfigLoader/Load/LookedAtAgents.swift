import RuleEngine

/// What was found of an agent by looking at its endpoint or program.
package struct AgentDiagnosis: Sendable, Equatable {
  /// The agent's name in the rules file.
  package let agent: String
  /// Whether it can answer, as far as that can be told.
  package let isUsable: Bool
  /// What was found, as a clause.
  package let text: String
  /// What to do; empty if there is nothing to do.
  package let cure: String

  /// States what was found.
  package init(agent: String, isUsable: Bool, text: String, cure: String) {
    (self.agent, self.isUsable, self.text, self.cure) = (agent, isUsable, text, cure)
  }
}

extension LoadedRules {
  /// Returns the same with a finding for each of these, at the agent's name.
  package func asked(agents looks: [AgentDiagnosis]) -> LoadedRules {
    guard !looks.isEmpty, let rules else { return self }
    var findings = DiagnosticCollector()
    findings.add(diagnostics)
    for look in looks {
      let place = rules.agents.first { $0.name == look.agent }?.location
      let start = place.map { SourcePosition(line: $0.line, column: $0.column) }
      let span = start.map { start in
        SourceSpan(
          start: start, end: SourcePosition(line: start.line, column: start.column + look.agent.unicodeScalars.count))
      }
      findings.add(.agent(look, at: span ?? .fileStart))
    }
    return LoadedRules(
      rules: looks.allSatisfy(\.isUsable) ? rules : nil, diagnostics: findings.sorted,
      leftOut: leftOut + findings.leftOut, variables: variables, openAccess: openAccess, source: source,
      addedCommands: addedCommands,
      rulePositions: rulePositions, namePositions: namePositions)
  }
}
