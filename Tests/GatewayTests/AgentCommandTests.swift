import Agents
import RuleEngine
import Sandbox
import TestSupport
import Testing

@testable import Gateway

/// An ACP agent's own commands, modes and models.
@Suite(
  .enabled(if: ACPProgram.isAvailable, "scripts/install-acp-sdk.sh could not install the SDK"), .timeLimit(.minutes(2)))
struct AgentCommandTests {
  private func rules(_ more: String = "", unknown: String = "hint", limit: String = "") -> String {
    PermissionTests().rules(more).replacing("env: {", with: "env: { AGENT_OFFERS: \"1\",")
      .replacing("rules:", with: "commands: { unknown: \(unknown) }\nrules:") + limit
  }

  /// Waits until the agent has announced its commands and settings, a moment after its session begins.
  private func begin(_ setting: Setting) async throws {
    _ = try await setting.ask("@edgecrab say hello")
    try await wait(for: "its commands") { try await setting.ask("!help").message.contains("`!compact`") }
  }

  @Test func `an agent's own commands, models and modes are listed in the help and passed on to it`() async throws {
    try await Setting.with { setting in
      try await setting.withGateway(rules: rules(", approvers: [bob]")) {
        // Nothing is known of an agent that has not run.
        #expect(try await setting.ask("@edgecrab !compact").message.hasPrefix("I do not know the command `compact`."))
        try await begin(setting)
        let help = try await setting.ask("!help").message
        #expect(
          help.hasSuffix(
            """
            The agent `coder` has these commands as well; in a channel, write them after my name (`@edgecrab !…`):

            | Command | What it does |
            | :-- | :-- |
            | `!model` | Lists its models, or chooses one; now `small` |
            | `!compact` | Shortens \\| it @\u{2060}all |
            """), "\(help)")
        #expect(
          try await setting.ask("!help", as: "bob").message.contains(
            "| `!mode` | Lists its modes, or chooses one; now `ask` |"))
        #expect(try await setting.ask("@edgecrab !compact  now ").message == "/compact now in ask by small")
        #expect(
          try await setting.ask("@edgecrab !model").message
            == "The agent `coder` has these models; choose one with `!model NAME`:\n\n- `small`: Small (now)\n- `large`: Large @\u{2060}all"
        )
        #expect(
          try await setting.ask("@edgecrab !model lage").message.hasSuffix("has no model `lage`. Did you mean `large`?")
        )
        #expect(
          try await setting.ask("@edgecrab !model LARGE").message
            == "The agent `coder` now has the model `large` in this conversation.")
        #expect(try await setting.ask("@edgecrab !mode yolo").message == AgentCommandTexts.forbidden)
        #expect(
          try await setting.ask("@edgecrab !mode yolo", as: "bob").message
            == "The agent `coder` now has the mode `yolo` in this conversation.")
        #expect(try await setting.ask("@edgecrab !compact").message == "/compact in yolo by large")
        // The next conversation is another program's: its model is kept, a mode is not.
        _ = try await setting.ask("!new")
        #expect(try await setting.ask("@edgecrab !compact").message == "/compact in ask by large")
      }
    }
  }

  @Test func `a command that the rules bind is not the agent's, and a rule's limit counts the agent's commands`()
    async throws
  {
    try await Setting.with { setting in
      let rules = rules(unknown: "agent", limit: "\n    limit: { per_user: 2/h }")
      try await setting.withGateway(rules: rules) {
        try await begin(setting)
        #expect(try await setting.ask("@edgecrab !help").message.contains("I know these commands"))
        #expect(try await setting.ask("@edgecrab !compact").message == "/compact in ask by small")
        #expect(try await setting.ask("@edgecrab !compact").message.hasPrefix("That is more than the rules allow."))
      }
    }
  }

  @Test func `a slash alone does not begin a command of the agent's`() async throws {
    try await Setting.with { setting in
      let rules = rules().replacing("unknown: hint", with: "unknown: hint, prefixes: [\"!\"]")
      try await setting.withGateway(rules: rules) {
        try await begin(setting)
        #expect(try await setting.ask("@edgecrab !compact").message == "/compact in ask by small")
        #expect(try await setting.ask("@edgecrab /compact").message.contains("sent an empty answer"))
      }
    }
  }

  @Test func `a setting that the agent rejects is reported`() async throws {
    try await Setting.with { setting in
      let rules = rules().replacing("AGENT_OFFERS", with: "AGENT_POOR: \"1\", AGENT_OFFERS")
      try await setting.withGateway(rules: rules) {
        try await begin(setting)
        let answer = try await setting.ask("@edgecrab !model large").message
        #expect(answer.hasPrefix("The agent `coder` rejects the model `large`: "), "\(answer)")
        #expect(answer.contains("Invalid params") && answer.contains("not paid for"), "\(answer)")
      }
    }
  }
}
