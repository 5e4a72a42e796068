import RuleEngine

/// A name in a rules file that leads to nobody and nowhere, as the server says.
package struct UnknownName: Sendable, Equatable {
  /// What it should be the name of: a user, a channel or a team.
  package let role: NameRole
  /// The name, as the server would know it.
  package let name: String
  /// Why it leads nowhere.
  package let reason: Reason

  /// Why a name leads nowhere.
  package enum Reason: Sendable, Equatable {
    /// Nobody and nothing is called so; this is the nearest name that is known.
    case unknown(nearest: String?)
    /// There is such a channel, and the bot is not in it.
    case notJoined
    /// There is such a channel, and it is archived.
    case archived
  }

  /// Says why a name leads nowhere.
  package init(_ role: NameRole, _ name: String, _ reason: Reason) {
    self.role = role
    self.name = name
    self.reason = reason
  }
}

/// Where each name first stands in a file.
struct NamePositions: Sendable {
  private var spots: [Key: SourceSpan] = [:]

  private struct Key: Hashable {
    var role: NameRole
    var name: String
  }

  mutating func note(_ name: String, _ role: NameRole, at span: SourceSpan) {
    let key = Key(role: role, name: name)
    if spots[key] == nil { spots[key] = span }
  }

  subscript(name: String, role: NameRole) -> SourceSpan? { spots[Key(role: role, name: name)] }
}

extension LoadedRules {
  /// What the server does not know, as findings in the order of their places. A name whose place was not noted stands
  /// at the file's begin.
  package func findings(of unknown: [UnknownName]) -> [Diagnostic] {
    var findings = DiagnosticCollector()
    for unknown in unknown {
      let span = namePositions?[unknown.name, unknown.role] ?? .fileStart
      findings.add(.unknownName(unknown, at: span))
    }
    return findings.sorted
  }

  /// The same with an error for each name that the server does not know.
  package func asked(unknown: [UnknownName]) -> LoadedRules {
    guard !unknown.isEmpty else { return self }
    var findings = DiagnosticCollector()
    findings.add(diagnostics)
    findings.add(self.findings(of: unknown))
    return LoadedRules(
      rules: nil, diagnostics: findings.sorted, leftOut: leftOut + findings.leftOut, variables: variables,
      openAccess: openAccess,
      source: source, addedCommands: addedCommands, rulePositions: rulePositions, namePositions: namePositions)
  }
}
