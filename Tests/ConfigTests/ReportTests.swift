import ConfigLoader
import TestSupport
import Testing

@Suite struct ReportTests {
  @Test func `a report has the first fifty diagnostics and the number of the others`() {
    let loaded = load("version: 1\nrules: []\n" + (0..<5_000).map { "key\($0): 1\n" }.joined())
    #expect(loaded.diagnostics.count == 1_000)
    #expect(loaded.leftOut == 4_000)
    #expect(loaded.report.split(separator: "\n").filter { $0.contains("error: ") }.count == 50)
    #expect(loaded.report.hasSuffix("and 4950 more\n"))
  }

  @Test func `diagnostics are sorted by position`() {
    let loaded = load("tests: [{}]\nrules: [{}]\nagents: [ ]\nversion: 3\n")
    let places = loaded.diagnostics.map(\.span.start)
    #expect(places == places.sorted())
    #expect(Set(places.map(\.line)) == [1, 2, 3, 4])
  }

  @Test func `a mistake that an alias repeats is reported once`() {
    let loaded = load(
      """
      version: 1
      agents: { echo: { type: echo } }
      rules:
        - { name: a, agent: echo, when: &when { trigger: mentoin } }
        - { name: b, agent: echo, when: *when }
      """)
    #expect(loaded.diagnostics.map(\.summary) == ["E0202 at 4:52"])
  }

  @Test func `a diagnostic has a code, a message, a span and a help`() throws {
    let diagnostic = try #require(load("version: 1\nrules: []\nrulse: []").diagnostics.first { $0.severity == .error })
    #expect(diagnostic.code == .unknownKey)
    #expect(diagnostic.code.rawValue == "E0103")
    #expect(diagnostic.message == "unknown key `rulse`; did you mean `rules`?")
    #expect(diagnostic.span == SourceSpan(start: .init(line: 3, column: 1), end: .init(line: 3, column: 6)))
    #expect(diagnostic.help == nil)
  }

  @Test func `a message is one line for any text of a file`() {
    let key = String(repeating: "x", count: 500)
    let loaded = load("version: 1\nrules: []\n\"a\\nb\\e[31m\(key)\": 1\n")
    let message = loaded.diagnostics.map(\.message).joined()
    #expect(message.contains(#"`a\u{A}b\u{1B}[31mxxx"#))
    #expect(!message.contains { $0.isNewline || $0 == "\u{1B}" })
    #expect(message.count < 200)
  }
}
