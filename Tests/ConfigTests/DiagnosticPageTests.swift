import ConfigLoader
import Testing

/// Every code has a page, whose wrong example really yields it and whose right one does not.
@Suite struct DiagnosticPageTests {
  /// Files that would not fit a page. Where they are made instead, their finding is shown.
  static let withoutExample: [DiagnosticCode: String] = [
    .fileTooLarge: "Golden+Generated.swift", .notUTF8: "Golden/not-utf8.yaml", .tooLong: "Golden/too-long.yaml",
    .tooManyVariables: "Golden+Generated.swift", .tooManyExpressions: "Golden+Generated.swift",
    .undecidedRules: "Golden+Generated.swift", .tooManyTests: "Golden+Generated.swift",
    .unknownName: "UnknownNameTests", .agentNotReady: "DoctorAgentTests", .agentDoubtful: "DoctorAgentTests",
  ]

  @Test(arguments: DiagnosticCode.allCases)
  func `a page says what its code means`(code: DiagnosticCode) {
    let page = code.page
    #expect(page.markdown.hasPrefix("# \(code.rawValue): \(page.title)\n\n\(page.summary.prefix(40))"))
    #expect(!page.title.isEmpty && page.title.count < 60)
    #expect(page.summary.hasSuffix(".") && page.summary.count > 20)
    for line in page.text.split(separator: "\n") { #expect(line.count <= 84, "\(line)") }
    let hasExample = Self.withoutExample[code] == nil
    #expect(page.examples.count == (hasExample ? 2 : 0))
    #expect(page.text.contains("\nWrong:\n\n    ") == hasExample)
    let last = page.markdown.split(separator: "\n\n").last
    #expect(last?.hasPrefix("```") == false && last?.hasSuffix(".\n") == true)
  }

  @Test(arguments: DiagnosticCode.allCases.filter { withoutExample[$0] == nil })
  func `its wrong example yields it, and its right one is good`(code: DiagnosticCode) throws {
    let examples = code.page.examples
    let wrong = load(examples[0])
    #expect(wrong.diagnostics.contains { $0.code == code }, "\(wrong.report)")
    #expect(wrong.diagnostics.allSatisfy { $0.code == code || $0.severity == .warning }, "\(wrong.report)")
    #expect(load(examples[1]).report == "")
  }

  @Test func `a code may be written in small letters`() {
    #expect(DiagnosticCode(written: "e0103") == .unknownKey)
    #expect(DiagnosticCode(written: "E9999") == nil)
    #expect(DiagnosticCode(written: "") == nil)
  }

  private func load(_ example: String) -> LoadedRules {
    let golden = Golden(name: "rules.yaml", bytes: Array(example.utf8))
    return ConfigTests.load(example, golden.environment)
  }
}
