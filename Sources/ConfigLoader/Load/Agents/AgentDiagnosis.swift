import RuleEngine

/// The result of checking an agent's endpoint or program.
package struct AgentDiagnosis: Sendable, Equatable {
  /// The agent's name in the rules file.
  package let agent: String
  /// Indicates whether it can answer, as far as that can be known.
  package let isUsable: Bool
  /// The problem, as a clause.
  package let summary: String
  /// The remedy; empty if there is nothing to do.
  package let remedy: String

  package init(agent: String, isUsable: Bool, summary: String, remedy: String) {
    (self.agent, self.isUsable, self.summary, self.remedy) = (agent, isUsable, summary, remedy)
  }
}

extension LoadedRules {
  /// Returns the rules with a diagnostic for each result, at the agent's name.
  package func adding(_ results: [AgentDiagnosis]) -> LoadedRules {
    guard !results.isEmpty, let rules else { return self }
    var collector = DiagnosticCollector()
    collector.add(diagnostics)
    for result in results {
      let location = rules.agents.first { $0.name == result.agent }?.location
      let start = location.map { SourcePosition(line: $0.line, column: $0.column) }
      let span = start.map { start in
        SourceSpan(
          start: start, end: SourcePosition(line: start.line, column: start.column + result.agent.unicodeScalars.count))
      }
      collector.add(.agent(result, at: span ?? .fileStart))
    }
    return LoadedRules(
      rules: results.allSatisfy(\.isUsable) ? rules : nil, diagnostics: collector.sorted,
      leftOut: leftOut + collector.leftOut, variables: variables, openAccess: openAccess, source: source,
      addedCommands: addedCommands,
      rulePositions: rulePositions, namePositions: namePositions)
  }
}

extension Diagnostic {
  fileprivate static func agent(_ look: AgentDiagnosis, at span: SourceSpan) -> Self {
    Self(
      look.isUsable ? .agentDoubtful : .agentNotReady, "the agent \(quoted(look.agent)): \(look.summary)", at: span,
      help: look.remedy.isEmpty ? nil : look.remedy)
  }
}
