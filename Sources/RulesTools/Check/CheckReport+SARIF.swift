import ConfigLoader
import Core

extension CheckReport {
  /// One SARIF 2.1.0 document (OASIS) about all files.
  ///
  /// - Parameter version: the version of edgecrab.
  package func sarif(version: String) -> String {
    let codes = Array(Set(files.flatMap(\.diagnostics).map(\.code))).sorted { $0.rawValue < $1.rawValue }
    let indices = Dictionary(uniqueKeysWithValues: codes.enumerated().map { ($1, $0) })
    let results = files.flatMap { file in
      file.diagnostics.map { $0.sarif(in: file.uri, ruleIndex: indices[$0.code] ?? -1) }
    }
    let run: JSON = [
      "tool": [
        "driver": ["name": "edgecrab", "version": .string(version), "rules": .array(codes.map(\.sarif))]
      ],
      "columnKind": "unicodeCodePoints", "invocations": [invocation], "results": .array(results),
    ]
    let document: JSON = [
      "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run],
    ]
    return document.lines
  }

  /// The state of the check itself: a file that cannot be read is a notification of the tool, not a result.
  private var invocation: JSON {
    [
      "executionSuccessful": .bool(files.allSatisfy { $0.verdict != .unreadable }),
      "toolExecutionNotifications": .array(files.compactMap(\.notification)),
    ]
  }
}

extension CheckedFile {
  /// A notification beside the diagnostics, or `nil` if there is none.
  fileprivate var notification: JSON? {
    func notification(_ level: JSON, _ text: String) -> JSON {
      [
        "level": level, "message": ["text": .string(text)],
        "locations": [["physicalLocation": ["artifactLocation": ["uri": .string(uri)]]]],
      ]
    }
    return switch outcome {
    case .failure(let problem): notification("error", problem.description)
    case .success(let loaded) where loaded.leftOut > 0: notification("note", "and \(loaded.leftOut) more")
    case .success: nil
    }
  }

  /// The file's path as a URI reference (RFC 3986); an absolute path as a `file` URI.
  fileprivate var uri: String {
    let isPlain = { (byte: UInt8) in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"), UInt8(ascii: "/"):
        true
      default: false
      }
    }
    let path = name.utf8.map { byte in
      let hex = String(byte, radix: 16, uppercase: true)
      return isPlain(byte) ? String(UnicodeScalar(byte)) : "%" + (hex.count < 2 ? "0" : "") + hex
    }.joined()
    return path.hasPrefix("/") ? "file://" + path : path
  }
}

extension DiagnosticCode {
  fileprivate var sarif: JSON {
    [
      "id": .string(rawValue), "shortDescription": ["text": .string(page.title)],
      "fullDescription": ["text": .string(page.summary)],
      "help": ["text": .string(page.text), "markdown": .string(page.markdown)],
      "defaultConfiguration": ["level": .string(severity.rawValue)],
    ]
  }
}

extension Diagnostic {
  fileprivate func sarif(in uri: String, ruleIndex: Int) -> JSON {
    let result: JSON = [
      "ruleId": .string(code.rawValue), "ruleIndex": .int(ruleIndex), "level": .string(severity.rawValue),
      "message": ["text": .string(message + (help.map { "\n\($0)" } ?? ""))],
      "locations": [["physicalLocation": span.sarif(in: uri)]],
    ]
    if notes.isEmpty { return result }
    return result.appending([
      "relatedLocations": .array(
        notes.map { ["physicalLocation": $0.span.sarif(in: uri), "message": ["text": .string($0.message)]] })
    ])
  }
}

extension SourceSpan {
  fileprivate func sarif(in uri: String) -> JSON {
    [
      "artifactLocation": ["uri": .string(uri)],
      "region": [
        "startLine": .int(start.line), "startColumn": .int(start.column), "endLine": .int(end.line),
        "endColumn": .int(end.column),
      ],
    ]
  }
}
