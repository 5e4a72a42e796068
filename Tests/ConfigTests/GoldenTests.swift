import ConfigLoader
import Foundation
import Testing

/// One bad file a mistake, each with what must be found in it: as values in its comments, and as the picture beside it.
///
/// `# expected: E0103 at 7:5` states a finding, `# environment: NAME=value` sets a variable. `UPDATE_GOLDEN=1` draws the
/// pictures anew.
@Suite struct GoldenTests {
  @Test("A bad file is found out", arguments: Golden.all)
  func badFile(_ golden: Golden) throws {
    let loaded = try golden.load()
    #expect(loaded.diagnostics.map(\.summary) == golden.expected)
    #expect((loaded.rules == nil) == loaded.diagnostics.contains { $0.severity == .error })
    #expect(loaded.leftOut == 0)
    try golden.compare(loaded.report)
  }

  /// Codes without a file here, and why.
  private static let shownElsewhere: [DiagnosticCode: String] = [
    .fileTooLarge: "the file has megabytes: HostileInputTests",
    .tooManyVariables: "the variable has megabytes: HostileInputTests",
    .tooManyExpressions: "the file has ten thousand expressions: HostileInputTests",
    .undecidedRules: "the file has hundreds of rules: HostileInputTests",
    .tooManyTests: "the file has thousands of rules and tests: HostileInputTests",
    .unknownName: "only a server can say so: UnknownNameTests",
  ]

  @Test("Every code has a file that shows it, or a reason why not")
  func everyCode() {
    let shown = Set(Golden.all.flatMap(\.expected).map { String($0.prefix(5)) })
    for code in DiagnosticCode.allCases {
      #expect(
        shown.contains(code.rawValue) != (Self.shownElsewhere[code] != nil),
        "\(code.rawValue) (\(code)): add a file to Golden, or say why not")
    }
  }

  @Test("A picture fits a terminal, and no secret is in it", arguments: Golden.all)
  func picture(_ golden: Golden) throws {
    let report = try golden.load().report
    #expect(!report.contains("1234567890"))
    for line in report.split(separator: "\n") where line.hasPrefix("  ") && !line.hasPrefix("  help:") {
      #expect(line.unicodeScalars.count <= 80)
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

  static let all: [Golden] = {
    let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
    return files.filter { $0.pathExtension == "yaml" }.sorted { $0.path() < $1.path() }.compactMap { file in
      (try? Data(contentsOf: file)).map { Golden(name: file.lastPathComponent, bytes: Array($0)) }
    }
  }()

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

  /// Loads the file by its path, since not every one is a text, and calls it by its name.
  func load() throws -> LoadedRules {
    try RulesFile.load(
      path: Self.folder.appending(path: name).path(), environment: environment, now: 1_750_000_000_000, zone: "UTC"
    ).analyzed()
  }

  func compare(_ picture: String) throws {
    let picture = picture.replacing(Self.folder.path() + "/", with: "")
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
