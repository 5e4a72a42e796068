package import RuleEngine

/// What came of loading a rules file.
package struct LoadedRules: Sendable {
  /// The rules; nil where any finding is an error.
  package let rules: RuleSet?
  /// What was found, in the order of the places; at most a thousand.
  package let diagnostics: [Diagnostic]
  /// How many more findings there were.
  package let leftOut: Int
  /// The environment variables that the file names, set or not.
  package let variables: Set<String>
  /// Why everyone may talk to the bot; nil where not everyone may.
  package let openAccess: OpenAccess?
  /// The text that the findings point into.
  package let source: SourceText
  /// The built-in commands that are there although `bind` does not name them; none in a file without `bind`.
  package let addedCommands: [String]
  /// Where each of the rules stands.
  let rulePositions: [RulePositions]
  /// Where the names stand that a server can be asked for; nil where nobody wanted to know.
  let namePositions: NamePositions?

  /// The findings as a person reads them; empty where there are none.
  package var report: String { source.report(diagnostics, leftOut: leftOut) }

  /// The SHA-256 of the file's bytes as they stand on the disk, as 64 hexadecimal digits.
  package var fingerprint: String { Fingerprint(source.fileBytes).description }

  /// Whether there is nothing to find.
  package var isClean: Bool { diagnostics.isEmpty }
}
