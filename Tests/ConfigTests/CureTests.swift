import ConfigLoader
import Testing

/// What findings say is to be written.
@Suite struct CureTests {
  private func report(_ text: String) -> String { load("version: 1\n" + text).report }

  private func report(when: String) -> String {
    report("rules: [{ name: a, when: { \(when) }, ignore: true }]")
  }

  /// Long enough that no cure repeats it.
  private static let long = String(repeating: "x", count: 200)

  @Test(arguments: [
    "models: { a: { type: openai, headers: { Authorization: Bearer hunter2 } } }",
    "models: { a: { headers: { Cookie: hunter2 } } }", "models: { a: { headers: { Proxy-Authorization: hunter2 } } }",
    "models: { a: { base_url: \"https://me:hunter2@example.com/v1\" } }",
    "models: [\"https://me:hunter2@example.com/v1\"]", "models: [\"https://hunter2@example.com/v1\"]",
    "agents: { a: { type: openai, model: m, endpoint: \"https://me:hunter2@example.com/\(long)\" } }",
    "agents: { a: { type: openai, model: m, endpoint: \"me:hunter2@example.com/\(long)\" } }",
  ])
  func `no secret is repeated`(line: String) {
    let loaded = load("version: 1\nrules: []\n\(line)\n")
    #expect(loaded.rules == nil)
    #expect(!loaded.report.contains("hunter2"), "\(loaded.report)")
  }

  @Test(arguments: [
    ("group: oncall", "`user: group:oncall`"), ("groups: [a, b]", "`user: group:NAME`"),
    ("groups: a b", "`user: group:NAME`"), ("group: group:oncall", "`user: group:oncall`"),
  ])
  func `a group is named where it is meant`(when: String, cure: String) {
    #expect(report(when: when).contains(cure))
  }

  @Test(arguments: ["mcp", "tools", "mcpServers", "servers"])
  func `an agent that speaks ACP takes MCP servers`(key: String) {
    let report = report("rules: []\nagents: { a: { type: acp, command: [x], \(key): [] } }")
    #expect(report.contains("write it as `mcp_servers`"), "\(report)")
  }

  @Test(arguments: [("(?!a)b", true), ("(?<!a)b", true), ("(?=a)b", false), ("(?<=a)b", false)])
  func `only what must not be there goes under not`(expression: String, isExcluded: Bool) {
    let report = report(when: "text: { matches: '\(expression)' }")
    #expect(report.contains("E0219"))
    #expect(report.contains("`not: { text: … }`") == isExcluded, "\(report)")
  }

  @Test(arguments: [
    ("[\"/\", \"!\"]", "type `!stop`"), ("[\"/\", \"#\"]", "type `#stop`"), ("[\"/\"]", "people can use `stop`"),
  ])
  func `a command is shown with a prefix that it has`(prefixes: String, cure: String) {
    let report = report(
      """
      agents: { echo: { type: echo } }
      commands: { prefixes: \(prefixes), bind: { stop: false } }
      rules: [{ name: a, when: { trigger: [mention, dm] }, agent: echo }]
      """)
    #expect(report.contains(cure), "\(report)")
  }

  @Test func `a comment in a text is put back as a whole, unless it is long`() {
    func report(_ comment: String) -> String {
      self.report("rules:\n  - name: a\n    when: { trigger: [mention, dm] }\n    say: Look at \(comment)\n")
    }
    #expect(report("#ops and #dev  ").contains("`\"Look at #ops and #dev\"`"))
    #expect(report("#ops \(Self.long)").contains("put quotes around the text: `\"…\"`"))
  }

  @Test func `an unknown key counts once against the suggestions`() {
    let lines = (0..<80).map { "  - { name: r\($0), when: { channel: c\($0) }, agnet: echo }\n" }.joined()
    let loaded = load("version: 1\nagents: { echo: { type: echo } }\nrules:\n" + lines)
    #expect(loaded.diagnostics.count { $0.message == "unknown key `agnet`; did you mean `agent`?" } == 80)
  }

  /// The quotation marks are valid there, and not what is wrong.
  @Test func `an odd mark above is told of beside what cannot be read`() throws {
    let text = """
      version: 1
      agents: { echo: { type: echo } }
      rules:
        - name: a
          say: “Hello”
         agent: echo
      """
    let finding = try #require(load(text).diagnostics.first)
    #expect(finding.code == .notYAML)
    #expect(finding.message == "this is not YAML: did not find expected '-' indicator")
    #expect(finding.span.start == SourcePosition(line: 6, column: 4))
    #expect(finding.notes.contains { $0.message.hasPrefix("`“` is no quotation mark") && $0.span.start.line == 5 })
  }

  @Test func `an odd mark above that a plain one cures is what is wrong`() throws {
    let text = """
      version: 1
      agents: { echo: { type: echo } }
      rules:
        – name: a
          agent: echo
      """
    let finding = try #require(load(text).diagnostics.first)
    #expect(finding.span.start == SourcePosition(line: 4, column: 3))
    #expect(finding.message == "this is not YAML: `–` begins no item of a list")
  }
}
