import ConfigLoader
import TestSupport
import Testing

/// The help of diagnostics.
@Suite struct RemedyTests {
  private func report(_ text: String) -> String { load("version: 1\n" + text).report }

  private func report(when: String) -> String {
    report("rules: [{ name: a, when: { \(when) }, ignore: true }]")
  }

  /// Long enough that no help repeats it.
  private static let long = String(repeating: "x", count: 200)

  @Test(arguments: [
    "models: { a: { type: openai, headers: { Authorization: Bearer hunter2 } } }",
    "models: { a: { headers: { Cookie: hunter2 } } }", "models: { a: { headers: { Proxy-Authorization: hunter2 } } }",
    "models: { a: { base_url: \"https://me:hunter2@example.com/v1\" } }",
    "models: [\"https://me:hunter2@example.com/v1\"]", "models: [\"https://hunter2@example.com/v1\"]",
    "agents: { a: { type: openai, model: m, endpoint: \"https://me:hunter2@example.com/\(long)\" } }",
    "agents: { a: { type: openai, model: m, endpoint: \"me:hunter2@example.com/\(long)\" } }",
  ])
  func `a help does not repeat a secret`(line: String) {
    let loaded = load("version: 1\nrules: []\n\(line)\n")
    #expect(loaded.rules == nil)
    #expect(!loaded.report.contains("hunter2"), "\(loaded.report)")
  }

  @Test(arguments: [
    ("group: oncall", "`user: group:oncall`"), ("groups: [a, b]", "`user: group:NAME`"),
    ("groups: a b", "`user: group:NAME`"), ("group: group:oncall", "`user: group:oncall`"),
  ])
  func `the help for the name of a group is its reference`(when: String, help: String) {
    #expect(report(when: when).contains(help))
  }

  @Test(arguments: ["mcp", "tools", "mcpServers", "servers"])
  func `the help for keys of MCP servers names the acp agent`(key: String) {
    let report = report("rules: []\nagents: { a: { type: acp, command: [x], \(key): [] } }")
    #expect(report.contains("write it as `mcp_servers`"), "\(report)")
  }

  @Test(arguments: [("(?!a)b", true), ("(?<!a)b", true), ("(?=a)b", false), ("(?<=a)b", false)])
  func `only a negative look-around becomes a not`(expression: String, isExcluded: Bool) {
    let report = report(when: "text: { matches: '\(expression)' }")
    #expect(report.contains("E0219"))
    #expect(report.contains("`not: { text: … }`") == isExcluded, "\(report)")
  }

  @Test(arguments: [
    ("[\"/\", \"!\"]", "type `!stop`"), ("[\"/\", \"#\"]", "type `#stop`"), ("[\"/\"]", "people can use `stop`"),
  ])
  func `the help shows a command with one of its prefixes`(prefixes: String, help: String) {
    let report = report(
      """
      agents: { echo: { type: echo } }
      commands: { prefixes: \(prefixes), bind: { stop: false } }
      rules: [{ name: a, when: { trigger: [mention, dm] }, agent: echo }]
      """)
    #expect(report.contains(help), "\(report)")
  }

  @Test func `the help for an accidental comment has the whole text, unless it is long`() {
    func report(_ comment: String) -> String {
      self.report("rules:\n  - name: a\n    when: { trigger: [mention, dm] }\n    say: Look at \(comment)\n")
    }
    #expect(report("#ops and #dev  ").contains("`\"Look at #ops and #dev\"`"))
    #expect(report("#ops \(Self.long)").contains("put quotes around the text: `\"…\"`"))
  }

  @Test func `an unknown key counts once against the limit of suggestions`() {
    let lines = (0..<80).map { "  - { name: r\($0), when: { channel: c\($0) }, agnet: echo }\n" }.joined()
    let loaded = load("version: 1\nagents: { echo: { type: echo } }\nrules:\n" + lines)
    #expect(loaded.diagnostics.count { $0.message == "unknown key `agnet`; did you mean `agent`?" } == 80)
  }

  /// The quotation marks are valid there, and not the error.
  @Test func `a lookalike character above a YAML error is a note`() throws {
    let text = """
      version: 1
      agents: { echo: { type: echo } }
      rules:
        - name: a
          say: “Hello”
         agent: echo
      """
    let diagnostic = try #require(load(text).diagnostics.first)
    #expect(diagnostic.code == .notYAML)
    #expect(diagnostic.message == "this is not YAML: did not find expected '-' indicator")
    #expect(diagnostic.span.start == SourcePosition(line: 6, column: 4))
    #expect(
      diagnostic.notes.contains { $0.message.hasPrefix("`“` is not a quotation mark") && $0.span.start.line == 5 })
  }

  @Test func `a lookalike character above is the error if replacing it repairs the file`() throws {
    let text = """
      version: 1
      agents: { echo: { type: echo } }
      rules:
        – name: a
          agent: echo
      """
    let diagnostic = try #require(load(text).diagnostics.first)
    #expect(diagnostic.span.start == SourcePosition(line: 4, column: 3))
    #expect(diagnostic.message == "this is not YAML: `–` does not begin an item of a list")
  }
}
