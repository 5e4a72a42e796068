extension CommandTree {
  /// The reference of all commands, for docs/command-line.md.
  var markdown: String {
    let leaves = leaves()
    let list = leaves.map {
      "| [`\($0.path)`](#\($0.path.replacing(" ", with: "-"))) | \($0.command.abstract ?? "") |\n"
    }
    return "| command | purpose |\n|---|---|\n" + list.joined()
      + leaves.map { $0.command.section(titled: $0.path) }.joined()
  }

  private func section(titled path: String) -> String {
    let arguments = own.map { "| `\($0.synopsis.inTable)` | \($0.meaning.inTable) |\n" }
    let table = arguments.isEmpty ? "" : "\n| argument | meaning |\n|---|---|\n" + arguments.joined()
    let positionals = own.filter { !$0.isOption }.map { $0.isOptional ? " [\($0.synopsis)]" : " \($0.synopsis)" }
      .joined()
    let required = own.filter { $0.isOption && !$0.isOptional }.map { " \($0.synopsis)" }.joined()
    let options = own.contains { $0.isOption && $0.isOptional } ? " [OPTIONS]" : ""
    let paragraphs = [abstract, discussion].compactMap(\.self).joined(separator: "\n\n")
    return "\n## \(path)\n\n\(paragraphs)\n\n    \(path)\(required)\(positionals)\(options)\n\(table)"
  }

  /// Its arguments without those that all commands have.
  private var own: [Argument] { shown.filter { !["--help", "--version"].contains($0.written) } }
}

extension CommandTree.Argument {
  fileprivate var synopsis: String {
    let name = valueName ?? ""
    // `exit|retry` is a choice.
    let value = (name.contains("|") ? name : name.uppercased()) + (isRepeating ? "…" : "")
    return !isOption ? value : takesValue ? "\(written) \(choices ?? value)" : written
  }

  private var choices: String? { allValues?.joined(separator: "|") }

  fileprivate var meaning: String {
    let sentence = abstract ?? ""
    return defaultValue.map { "\(sentence) Default: `\($0)`." } ?? sentence
  }
}

extension String {
  fileprivate var inTable: String { replacing("|", with: "\\|").replacing("\n", with: " ") }
}
