package import RuleEngine

/// The result of loading a rules file.
package struct LoadedRules: Sendable {
  /// The rules; `nil` if a diagnostic is an error.
  package let rules: RuleSet?
  /// The diagnostics, in the order of their positions; at most 1,000.
  package let diagnostics: [Diagnostic]
  /// The number of further diagnostics.
  package let leftOut: Int
  /// The environment variables that the file names, set or not.
  package let variables: Set<String>
  /// The reason why everyone may talk to the bot; `nil` if not everyone may.
  package let openAccess: OpenAccess?
  /// The text that the diagnostics point into.
  package let source: SourceText
  /// The built-in commands that exist although `bind` does not name them; empty for a file without `bind`.
  package let addedCommands: [String]
  package let rulePositions: [RulePositions]
  /// The positions of the names that a server can be asked for; `nil` if they were not recorded.
  let namePositions: NamePositions?

  /// The diagnostics as text for people; empty if there are none.
  package var report: String { source.report(diagnostics, leftOut: leftOut) }

  /// The SHA-256 of the file's bytes, as 64 hexadecimal digits.
  package var fingerprint: String { source.fingerprint }

  /// Indicates whether there are no diagnostics.
  package var isClean: Bool { diagnostics.isEmpty }

  /// Returns the same with more diagnostics; without the rules if one of them is an error.
  package func adding(_ more: [Diagnostic]) -> LoadedRules {
    guard !more.isEmpty else { return self }
    var collector = DiagnosticCollector()
    collector.add(diagnostics)
    collector.add(more)
    return LoadedRules(
      rules: more.contains { $0.severity == .error } ? nil : rules, diagnostics: collector.sorted,
      leftOut: leftOut + collector.leftOut, variables: variables, openAccess: openAccess, source: source,
      addedCommands: addedCommands, rulePositions: rulePositions, namePositions: namePositions)
  }
}

/// A name in a rules file that the server cannot resolve.
package struct UnknownName: Sendable, Equatable {
  /// The kind of the name: a user, a channel or a team.
  package let role: NameRole
  /// The name in the notation of the server.
  package let name: String
  /// The reason why it cannot be resolved.
  package let reason: Reason

  /// The reason why a name cannot be resolved.
  package enum Reason: Sendable, Equatable {
    /// The server does not have the name; this is the nearest known one.
    case unknown(nearest: String?)
    /// The channel exists, but the bot is not a member.
    case notJoined
    /// The channel is archived.
    case archived
  }

  package init(_ role: NameRole, _ name: String, _ reason: Reason) {
    self.role = role
    self.name = name
    self.reason = reason
  }
}

/// The first position of each name in a file.
struct NamePositions: Sendable {
  private var spans: [Key: SourceSpan] = [:]

  private struct Key: Hashable {
    var role: NameRole
    var name: String
  }

  mutating func record(_ name: String, _ role: NameRole, at span: SourceSpan) {
    let key = Key(role: role, name: name)
    if spans[key] == nil { spans[key] = span }
  }

  subscript(name: String, role: NameRole) -> SourceSpan? { spans[Key(role: role, name: name)] }
}

extension LoadedRules {
  /// Returns an error for each name that the server does not have, in the order of their positions. Names whose
  /// positions were not recorded are reported at the start of the file.
  package func diagnostics(of unknown: [UnknownName]) -> [Diagnostic] {
    var collector = DiagnosticCollector()
    for unknown in unknown {
      let span = namePositions?[unknown.name, unknown.role] ?? .fileStart
      collector.add(.unknownName(unknown, at: span))
    }
    return collector.sorted
  }

  /// Returns the same with an error for each name that the server does not know.
  package func adding(_ unknown: [UnknownName]) -> LoadedRules { adding(diagnostics(of: unknown)) }
}

extension Diagnostic {
  fileprivate static func unknownName(_ unknown: UnknownName, at span: SourceSpan) -> Self {
    let name = quoted(unknown.name)
    switch (unknown.role, unknown.reason) {
    case (.channel, .notJoined):
      return Self(
        .unknownName, "the bot is not in the channel \(name), so it receives nothing from it", at: span,
        help: "add the bot to the channel")
    case (.channel, .archived):
      return Self(
        .unknownName, "the channel \(name) is archived, so no one can post there", at: span,
        help: "restore the channel, or remove its name from the file")
    case (.team, .unknown(let nearest)):
      return Self(
        .unknownName, "the bot is not in a team \(name)\(orNearest(nearest))", at: span,
        help: nearest == nil ? "add the bot to the team; its name is the one in its links" : nil)
    case (let role, .unknown(let nearest)):
      return Self(
        .unknownName, "the server has no \(role.rawValue) \(name)\(orNearest(nearest))", at: span,
        help: nearest == nil && role == .channel ? "a channel's name is the one in its links" : nil)
    case (let role, .notJoined), (let role, .archived):
      return Self(.unknownName, "the bot cannot reach the \(role.rawValue) \(name)", at: span)
    }
  }
}
