import ConfigLoader
import Core

extension CheckReport {
  /// One JSON document about all files.
  ///
  /// Lines and columns count from 1, columns in Unicode scalars; an `end` is the position after the last character.
  package var json: String {
    let all = files.map(\.counts)
    let document: JSON = [
      "version": 1, "errors": .int(all.reduce(0) { $0 + $1.errors }),
      "warnings": .int(all.reduce(0) { $0 + $1.warnings }), "files": .array(files.map(\.json)),
    ]
    return document.lines
  }
}

extension CheckedFile {
  fileprivate var json: JSON {
    let head: JSON = ["file": .string(name), "verdict": .string("\(verdict)")]
    switch outcome {
    case .failure(let problem): return head.appending(["problem": .string(problem.description), "diagnostics": []])
    case .success(let loaded):
      let diagnostics = JSON.array(loaded.diagnostics.map(\.json))
      let body = head.appending(["diagnostics": diagnostics, "left_out": .int(loaded.leftOut)])
      if addedCommands.isEmpty { return body }
      return body.appending(["added_commands": .array(addedCommands.map { .string($0) })])
    }
  }
}

extension Diagnostic {
  fileprivate var json: JSON {
    [
      "code": .string(code.rawValue), "severity": .string(severity.rawValue), "message": .string(message),
      "help": help.map { .string($0) } ?? .null, "start": span.start.json, "end": span.end.json,
      "notes": .array(
        notes.map { ["message": .string($0.message), "start": $0.span.start.json, "end": $0.span.end.json] }),
    ]
  }
}

extension SourcePosition {
  fileprivate var json: JSON { ["line": .int(line), "column": .int(column)] }
}
