import ConfigLoader
import RulesTools
import TestSupport
import Testing

@Suite struct DiagnosticPageTests {
  /// Codes whose examples would be too large for a page, with the location of their tests.
  static let withoutExample: [DiagnosticCode: String] = [
    .fileTooLarge: "Golden+Generated.swift", .notUTF8: "Golden/not-utf8.yaml", .tooLong: "Golden/too-long.yaml",
    .tooManyVariables: "Golden+Generated.swift", .tooManyExpressions: "Golden+Generated.swift",
    .undecidedRules: "Golden+Generated.swift", .tooManyTests: "Golden+Generated.swift",
    .unknownName: "UnknownNameTests", .agentNotReady: "DoctorAgentTests", .agentDoubtful: "DoctorAgentTests",
  ]

  @Test(arguments: DiagnosticCode.allCases)
  func `each code has a page with a title, a summary, examples and a reason`(code: DiagnosticCode) {
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
  func `the wrong example of a page has the diagnostic, and the right one has none`(code: DiagnosticCode) throws {
    let examples = code.page.examples
    let wrong = load(examples[0])
    #expect(wrong.diagnostics.contains { $0.code == code }, "\(wrong.report)")
    #expect(wrong.diagnostics.allSatisfy { $0.code == code || $0.severity == .warning }, "\(wrong.report)")
    #expect(load(examples[1]).report == "")
  }

  @Test func `a code can be written in lower case`() {
    #expect(DiagnosticCode(written: "e0103") == .unknownKey)
    #expect(DiagnosticCode(written: "E9999") == nil)
    #expect(DiagnosticCode(written: "") == nil)
  }

  private func load(_ example: String) -> LoadedRules {
    let golden = Golden(name: "rules.yaml", bytes: Array(example.utf8))
    return TestSupport.load(example, golden.environment)
  }
}
