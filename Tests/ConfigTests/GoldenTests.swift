import ConfigLoader
import Foundation
import RulesTools
import TestSupport
import Testing

/// Bad rules files, one mistake each, with their diagnostics: as values in comments, and as a report beside the file.
///
/// `# expected: E0103 at 7:5` states a diagnostic, `# environment: NAME=value` sets a variable. `UPDATE_GOLDEN=1`
/// rewrites the reports.
@Suite struct GoldenTests {
  @Test(arguments: Golden.all)
  func `a golden file has its expected diagnostics and report`(_ golden: Golden) throws {
    let loaded = golden.load()
    #expect(loaded.diagnostics.map(\.summary) == golden.expected)
    #expect((loaded.rules == nil) == loaded.diagnostics.contains { $0.severity == .error })
    #expect(loaded.leftOut == 0)
    for diagnostic in loaded.diagnostics {
      #expect(
        diagnostic.help != nil || diagnostic.message.contains("did you mean"),
        "\(diagnostic.message): the remedy is missing")
    }
    try golden.compare(loaded.report)
    // The report fits a terminal, and contains no secret.
    #expect(!loaded.report.contains("1234567890"))
    for line in loaded.report.split(separator: "\n") where line.hasPrefix("  ") && !line.hasPrefix("  help:") {
      #expect(line.unicodeScalars.count <= 80)
    }
  }

  @Test func `every code has a golden file`() {
    let shown = Set(Golden.all.flatMap(\.expected).map { String($0.prefix(5)) })
    // Only a server knows these: UnknownNameTests.
    for code in DiagnosticCode.allCases where ![.unknownName, .agentNotReady, .agentDoubtful].contains(code) {
      #expect(shown.contains(code.rawValue), "\(code.rawValue) (\(code)): add a file to Golden")
    }
  }
}

struct Golden: CustomTestStringConvertible {
  let name: String
  let bytes: [UInt8]
  let expected: [String]
  let environment: [String: String]

  var testDescription: String { name }

  static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

  static let all = files + generated

  static let files: [Golden] = {
    let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
    return files.filter { $0.pathExtension == "yaml" }.sorted { $0.path() < $1.path() }.compactMap { file in
      (try? Data(contentsOf: file)).map { Golden(name: file.lastPathComponent, bytes: Array($0)) }
    }
  }()

  init(name: String, expected: [String], environment: [String: String] = [:], text: String) {
    self.name = name
    bytes = Array(text.utf8)
    self.expected = expected
    self.environment = environment
  }

  init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
    let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
    func comments(_ mark: String) -> [String] {
      lines.filter { $0.hasPrefix(mark) }.map { String($0.dropFirst(mark.count)) }
    }
    expected = comments("# expected: ")
    environment = comments("# environment: ").reduce(into: [:]) { variables, line in
      let parts = line.split(separator: "=", maxSplits: 1)
      variables[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
    }
  }

  func load() -> LoadedRules {
    RulesFile.load(bytes: bytes, file: name, environment: environment, now: now, zone: "UTC").analyzed()
  }

  func compare(_ picture: String) throws {
    let file = Self.folder.appending(path: name.replacing(".yaml", with: ".txt"))
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
      try picture.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(picture == (try? String(contentsOf: file, encoding: .utf8)))
  }
}

extension Diagnostic {
  /// `E0103 at 7:5`.
  var summary: String { "\(code.rawValue) at \(span.start.line):\(span.start.column)" }
}
