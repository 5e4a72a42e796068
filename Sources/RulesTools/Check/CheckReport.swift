package import ConfigLoader
import Core

/// The results of checking rules files, in each form that `rules check` prints.
package struct CheckReport: Sendable {
  let files: [CheckedFile]

  package init(_ files: [CheckedFile]) { self.files = files }

  /// The form of a report.
  package enum Format: String, Sendable, CaseIterable {
    /// Text: the diagnostics with their source lines.
    case human
    /// One JSON document.
    case json
    /// One SARIF 2.1.0 document, for code hosts and editors.
    case sarif
    /// Workflow commands, which GitHub shows as annotations of a change.
    case github
  }

  /// Returns the exit code: 0 if the gateway accepts every file, 1 if it rejects one, 2 if one cannot be read.
  ///
  /// - Parameter isStrict: whether a warning counts as an error.
  package func status(isStrict: Bool) -> Int32 {
    switch files.map(\.verdict).max() ?? .good {
    case .good: 0
    case .warnings: isStrict ? 1 : 0
    case .errors: 1
    case .unreadable: 2
    }
  }
}

/// The result of checking one rules file.
package struct CheckedFile: Sendable {
  /// The file as the user named it.
  package let name: String
  /// The loaded rules, or the reason why the file cannot be read.
  package let outcome: Result<LoadedRules, RulesFileError>

  package init(name: String, outcome: Result<LoadedRules, RulesFileError>) {
    self.name = name
    self.outcome = outcome
  }

  /// A summary of the diagnostics, from best to worst.
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

  var diagnostics: [Diagnostic] { loaded?.diagnostics ?? [] }

  /// The built-in commands that exist although `bind` does not name them; empty for a file with errors.
  var addedCommands: [String] { loaded.flatMap { $0.rules == nil ? nil : $0.addedCommands } ?? [] }

  var loaded: LoadedRules? { try? outcome.get() }

  /// The number of errors and warnings, without the diagnostics that were left out.
  var counts: (errors: Int, warnings: Int) {
    let errors = diagnostics.count { $0.severity == .error }
    return (errors, diagnostics.count - errors)
  }
}

extension CheckReport {
  /// The diagnostics and a summary of each file, and how to learn more.
  package func human(_ style: ReportStyle) -> String {
    var text = ""
    for file in files {
      guard let loaded = file.loaded else { continue }
      text += loaded.source.report(loaded.diagnostics, leftOut: loaded.leftOut, style: style)
      text += "\(file.name.printable): \(file.summary)\n" + file.addedCommandsNote
    }
    if let code = files.lazy.flatMap(\.diagnostics).first?.code.rawValue {
      text += "For more about a diagnostic: edgecrab rules explain-code \(code)\n"
    }
    return text
  }

  /// The reasons why files cannot be read, a line each.
  package var problems: String {
    files.map { file in
      guard case .failure(let problem) = file.outcome else { return "" }
      return "edgecrab: \(problem)\n"
    }.joined()
  }
}

extension CheckedFile {
  /// `3 rules, 1 agent, 9 tests: good, with 2 warnings`.
  fileprivate var summary: String {
    let counts = counts
    let warnings = counts.warnings > 0 ? [counts.warnings.counted("warning")] : []
    guard let rules = loaded?.rules else {
      return ([counts.errors.counted("error")] + warnings).joined(separator: ", ")
    }
    return (["\(rules.summary): good"] + warnings).joined(separator: ", with ")
  }

  /// A note on the built-in commands that `bind` does not name; empty if there are none.
  fileprivate var addedCommandsNote: String {
    guard let example = addedCommands.last else { return "" }
    let commands = addedCommands.count.plural(one: "command", other: "commands")
    let verb = addedCommands.count.plural(one: "remains", other: "remain")
    return
      "  the built-in \(commands) \(listed(addedCommands)) \(verb) available: `\(example): false` under `bind` removes "
      + "`\(example)`, `true` keeps it without this note\n"
  }
}
