import RuleEngine

/// What checking one rules file came to.
package struct CheckedFile: Sendable {
  /// How the user named it.
  package let name: String
  /// What came of loading it; where it could not be read, why.
  package let outcome: Result<LoadedRules, RulesFileError>

  /// Notes what came of a file.
  package init(name: String, outcome: Result<LoadedRules, RulesFileError>) {
    self.name = name
    self.outcome = outcome
  }

  /// How good the file is.
  enum Verdict: Sendable, Comparable {
    case good, warnings, errors, unreadable
  }

  var verdict: Verdict {
    switch outcome {
    case .failure: .unreadable
    case .success(let loaded) where loaded.rules == nil: .errors
    case .success(let loaded): loaded.isClean ? .good : .warnings
    }
  }

  var findings: [Diagnostic] { loaded?.diagnostics ?? [] }

  /// The built-in commands that are there although the file's `bind` does not name them; none in a file with errors.
  var addedCommands: [String] { loaded.flatMap { $0.rules == nil ? nil : $0.addedCommands } ?? [] }

  var loaded: LoadedRules? { try? outcome.get() }

  /// How many errors and warnings there are; those beyond the kept ones are counted in neither.
  var counts: (errors: Int, warnings: Int) {
    let errors = findings.count { $0.severity == .error }
    return (errors, findings.count - errors)
  }
}
