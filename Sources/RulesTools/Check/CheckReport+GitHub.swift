import ConfigLoader

extension CheckReport {
  /// GitHub's workflow commands: one for each diagnostic and for each file that cannot be read.
  package var github: String {
    files.map { file in
      switch file.outcome {
      case .failure(let problem): WorkflowCommand.line("error", [("file", file.name)], problem.description)
      case .success(let loaded):
        loaded.diagnostics.map { $0.workflowCommand(file.name) }.joined() + file.leftOutNotice(loaded.leftOut)
      }
    }.joined()
  }
}

extension CheckedFile {
  fileprivate func leftOutNotice(_ count: Int) -> String {
    count == 0 ? "" : WorkflowCommand.line("notice", [("file", name)], "and \(count) more")
  }
}

extension Diagnostic {
  fileprivate func workflowCommand(_ file: String) -> String {
    var properties = [("file", file), ("line", "\(span.start.line)"), ("endLine", "\(span.end.line)")]
    // GitHub takes columns only within one line; the last is that of the last character.
    if span.start.line == span.end.line {
      let last = max(span.start.column, span.end.column - 1)
      properties += [("col", "\(span.start.column)"), ("endColumn", "\(last)")]
    }
    properties.append(("title", code.rawValue))
    let notes = notes.map { "note: \($0.message) (\(file):\($0.span.start.line):\($0.span.start.column))" }
    let lines = [message] + notes + (help.map { ["help: \($0)"] } ?? [])
    return WorkflowCommand.line(severity.rawValue, properties, lines.joined(separator: "\n"))
  }
}

/// A line that GitHub interprets as a command. Its parts are escaped, so that no text of a file begins another command.
private enum WorkflowCommand {
  static func line(_ name: String, _ properties: [(name: String, value: String)], _ message: String) -> String {
    let properties = properties.map { "\($0.name)=\(escaped($0.value, [":", ","]))" }
    return "::\(name) \(properties.joined(separator: ","))::\(escaped(message))\n"
  }

  private static func escaped(_ text: String, _ others: Set<Unicode.Scalar> = []) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      if others.contains(scalar) || ["%", "\r", "\n"].contains(scalar) {
        let hex = String(scalar.value, radix: 16, uppercase: true)
        result += "%" + (hex.count < 2 ? "0" : "") + hex
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
