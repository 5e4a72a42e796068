import BuiltInRules
import ConfigLoader
import RuleEngine
import RulesTools
import TestSupport
import Testing

/// Changes of rules files that keep what else is in them.
@Suite struct RulesEditTests {
  private let ollama = AgentDraft.chat(
    .openai, baseURL: "http://localhost:11434/v1", model: "qwen3:8b", keyVariable: nil)

  private func edited(
    _ text: String, _ edit: RulesEdit, _ environment: [String: String] = [:]
  ) throws(RulesEditProblem) -> String {
    try edit.applied(to: SourceText(file: "rules.yaml", text: text), environment: environment, now: now).source.text
  }

  private func problem(_ text: String, _ edit: RulesEdit) -> String? {
    do throws(RulesEditProblem) {
      _ = try edited(text, edit)
      return nil
    } catch {
      return error.clause
    }
  }

  private func file(agents: String, access: String = "access: { users: [alice] }") -> String {
    """
    # mine
    version: 1  # always
    \(access)
    agents:
    \(agents)
    # between
    rules:
      - { name: all, when: { trigger: dm }, agent: coder } # after

    """
  }

  @Test func `an agent in block style is replaced, and all else stays`() throws {
    let old = file(agents: "  # above\n  coder:\n    type: echo\n\n  # below\n  other: { type: echo }")
    #expect(throws: RulesEditProblem.severalAgents(["coder", "other"])) { try edited(old, RulesEdit(agent: ollama)) }
    let one = file(agents: "  # above\n  coder:\n    type: echo\n\n  # below")
    #expect(
      try edited(one, RulesEdit(agent: ollama))
        == file(
          agents: """
              # above
              coder:
                type: openai
                base_url: http://localhost:11434/v1
                model: qwen3:8b

              # below
            """))
  }

  @Test func `an agent on one line is replaced below its name, or on its line within braces`() throws {
    #expect(
      try edited(
        file(agents: "  coder: { type: echo }  # mine"),
        RulesEdit(agent: .acp(command: ["gemini", "--experimental-acp"], keyVariable: "GEMINI_API_KEY")))
        == file(
          agents: """
              coder:
                type: acp
                command: [gemini, '--experimental-acp']
                env:
                  GEMINI_API_KEY: '${GEMINI_API_KEY:-}'  # mine
            """))
    let flow =
      "version: 1\nagents: { coder: { type: echo } }\nrules: [{ name: all, when: { trigger: dm }, agent: coder }]\n"
    let draft = AgentDraft.chat(.anthropic, baseURL: nil, model: "yes", keyVariable: "KEY")
    #expect(
      try edited(flow, RulesEdit(agent: draft), ["KEY": "k"])
        == flow.replacing("{ type: echo }", with: "{ type: anthropic, model: 'yes', api_key: '${KEY}' }"))
  }

  @Test func `another model of the same endpoint keeps the agent's other keys and comments`() throws {
    let agents = """
        coder:
          type: openai  # local
          base_url: http://localhost:11434/v1
          model: "qwen3:4b"  # small
          system: Be brief.
      """
    #expect(
      try edited(file(agents: agents), RulesEdit(agent: ollama))
        == file(agents: agents.replacing("\"qwen3:4b\"", with: "qwen3:8b")))
  }

  @Test func `what would be lost is a reason not to change the file`() {
    let edit = RulesEdit(agent: .echo)
    let openai = "type: openai, base_url: \"http://a/v1\", model: m"
    #expect(
      problem(file(agents: "  coder: { \(openai), system: Be brief. }"), edit)
        == "its agent `coder` has `system`, which would be lost")
    #expect(
      problem(file(agents: "  coder:\n    type: openai  # mine\n    base_url: http://a/v1\n    model: m"), edit)
        == "its `coder` contains a comment, which would be lost")
    #expect(problem("version: 1\nrules: 7\n", edit) == "it has errors, which `edgecrab rules check` shows")
    #expect(
      problem("version: 1\nrules:\n  - { name: a, when: { trigger: dm }, say: hi }\n", edit) == "it has no agent")
    let alias =
      "version: 1\nagents:\n  coder: &a { type: echo }\nrules:\n  - { name: all, when: { trigger: dm }, agent: coder }\n"
    #expect(problem(alias, edit) == nil, "an anchor that is not used")
  }

  @Test func `an edit that would change another part through an alias is refused`() {
    let text = """
      version: 1
      access: { users: &people [alice] }
      agents: { coder: { type: echo } }
      rules:
        - { name: all, when: { trigger: dm, user: *people }, agent: coder }

      """
    #expect(problem(text, RulesEdit(users: ["bob"])) != nil)
  }

  @Test func `a test of the file that fails then is a warning`() throws {
    let text =
      file(agents: "  coder: { type: echo }") + """
        tests:
          - { name: alice is answered, given: { kind: direct, user: alice, text: hi }, expect: { rule: all } }

        """
    let loaded = try RulesEdit(users: ["bob"]).applied(
      to: SourceText(file: "rules.yaml", text: text), environment: [:], now: now)
    #expect(loaded.diagnostics.contains { $0.code == .expectationFails }, "\(loaded.report)")
  }

  @Test(arguments: [
    ("access: { users: [alice] }", "access: { users: [bob, 'null'] }"),
    (
      "access:\n  # who\n  users:\n    - alice\n    - carol\n  denied: No.",
      "access:\n  # who\n  users:\n    [bob, 'null']\n  denied: No."
    ),
    ("access: { users: alice, denied: No. }", "access: { users: [bob, 'null'], denied: No. }"),
    ("access: { users: '${PEOPLE:-*}' }", "access: { users: [bob, 'null'] }"),
    ("access: { denied: No. }", "access: { users: [bob, 'null'], denied: No. }"),
    ("access:\n  denied: No.  # why", "access:\n  users: [bob, 'null']\n  denied: No.  # why"),
  ])
  func `the people with access are replaced or added`(old: String, new: String) throws {
    let agents = "  coder: { type: echo }"
    #expect(
      try edited(file(agents: agents, access: old), RulesEdit(users: ["bob", "null"]))
        == file(agents: agents, access: new))
  }

  @Test func `a file without access gets it below its version`() throws {
    let text = "version: 1  # always\nagents: { coder: { type: echo } }\nrules: []\n"
    #expect(
      try edited(text, RulesEdit(users: ["*"]))
        == text.replacing("# always\n", with: "# always\n\naccess:\n  users: \"*\"\n"))
  }

  @Test func `line ends and a byte order mark stay`() throws {
    let text = "\u{FEFF}version: 1\r\n# ä\r\naccess: { denied: äé, users: [alice] }\r\nrules: []\r\n"
    let loaded = try RulesEdit(users: ["bob"]).applied(
      to: SourceText(file: "rules.yaml", text: text), environment: [:], now: now)
    #expect(loaded.source.text == text.dropFirst().replacing("[alice]", with: "[bob]"))
  }

  @Test func `the file of a new user has no diagnostics and fits 80 columns, whatever is set in it`() throws {
    let source = SourceText(file: "rules.yaml", bytes: BuiltInRules.setupYAML)
    for draft in [
      .echo, ollama, .chat(.anthropic, baseURL: nil, model: "claude-sonnet-4-5", keyVariable: "ANTHROPIC_API_KEY"),
      .acp(command: ["claude-code-acp"], keyVariable: "ANTHROPIC_API_KEY"),
    ] {
      for users in [["*"], ["alice"], ["alice", "bob", "true"]] {
        let loaded = try RulesEdit(agent: draft, users: users).applied(
          to: source, environment: ["ANTHROPIC_API_KEY": "k"], now: now)
        #expect(loaded.analyzed().report == "")
        for line in loaded.source.text.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
      }
    }
  }

}
