import Core
package import RuleEngine

extension CheckReport {
  /// What a person reads: each file's findings and a line that sums it up, then how to learn more.
  package func human(_ style: ReportStyle) -> String {
    var text = ""
    for file in files {
      guard let loaded = file.loaded else { continue }
      text += loaded.source.report(loaded.diagnostics, leftOut: loaded.leftOut, style: style)
      text += "\(file.name.printable): \(file.sum)\n" + file.added
    }
    if let code = files.lazy.flatMap(\.findings).first?.code.rawValue {
      text += "For more about a finding: edgecrab rules explain-code \(code)\n"
    }
    return text
  }

  /// Why files could not be read, a line each; empty where all could.
  package var problems: String {
    files.map { file in
      guard case .failure(let problem) = file.outcome else { return "" }
      return "edgecrab: \(problem)\n"
    }.joined()
  }
}

extension CheckedFile {
  /// `3 rules, 1 agent, 9 tests: good, with 2 warnings`.
  fileprivate var sum: String {
    let counts = counts
    let warnings = counts.warnings > 0 ? [counts.warnings.counted("warning")] : []
    guard let rules = loaded?.rules else {
      return ([counts.errors.counted("error")] + warnings).joined(separator: ", ")
    }
    return (["\(rules.summary): good"] + warnings).joined(separator: ", with ")
  }
}

extension CheckedFile {
  /// The built-in commands that a file has beyond those that it names.
  fileprivate var added: String {
    guard !addedCommands.isEmpty else { return "" }
    let example = addedCommands.last ?? ""
    let verb = addedCommands.count > 1 ? "are built in, and stay" : "is built in, and stays"
    return
      "  beside those of `bind`, \(listed(addedCommands)) \(verb); `\(example): false` under `bind` removes `\(example)`,"
      + " `true` keeps it without this line\n"
  }
}

extension RuleSet {
  /// How much there is of what: `3 rules, 1 agent, 9 tests`.
  package var summary: String {
    [rules.count.counted("rule"), agents.count.counted("agent"), tests.count.counted("test")].joined(separator: ", ")
  }
}
