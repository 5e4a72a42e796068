import Sandbox
import TestSupport
import Testing

@testable import Gateway

/// Agents that users run: mistral-vibe describes a tool call and then asks for permission by its id alone, hermes-agent
/// asks with an id of its own.
@Suite(
  .enabled(if: InstalledAgent.areAvailable, "scripts/install-acp-agents.sh found no Python 3.12, or no PyPI"),
  .timeLimit(.minutes(5)))
struct InstalledAgentTests {
  @Test(arguments: InstalledAgent.allCases)
  func `an agent asks before it runs a command, and its tokens, models and commands are known`(
    agent: InstalledAgent
  ) async throws {
    let folder = try TemporaryFolder()
    let endpoint = try ToolEndpoint(command: "rm -rf ./build && echo removed")
    let variables = try agent.configure(for: endpoint, in: folder).sorted { $0.key < $1.key }
      .map { "\($0.key): '\($0.value)'" }.joined(separator: ", ")
    let rules = """
      version: 1
      agents:
        coder: { type: acp, command: \(try agent.command()), env: { \(variables) } }
      rules:
        - name: everything
          when: { trigger: [mention, dm, command] }
          agent: coder
          session: channel
          reply: { stream: true }
      """
    try await Setting.with { setting in
      try await setting.withGateway(rules: rules) {
        let asked = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab please clean up")
        let question = try await setting.sandbox.nextPost(after: asked, within: .seconds(240)) {
          $0.author == "edgecrab" && $0.message.contains("asks for permission")
        }
        #expect(question.message.contains("\"command\": \"rm -rf ./build && echo removed\""), "\(question.message)")
        #expect(question.message.contains("\n\n1. **No, this time**: Deny\n"))
        #expect(!question.message.contains("Yes, from now on"))
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "yes", root: asked)
        try await wait(for: "the answer") {
          try await setting.said().contains("\(ToolEndpoint.answer)\n\n(1 step: 1 ✓)")
        }
        _ = try await setting.sandbox.post(as: "alice", in: "dev", "@edgecrab thanks")
        try await wait(for: "the second answer") {
          try await setting.sandbox.posts(in: "dev").contains {
            $0.author == "edgecrab" && $0.message == ToolEndpoint.answer
          }
        }
        // Three calls of the endpoint in two turns, whatever the agent counts together.
        try await wait(for: "the tokens") {
          try await setting.ask("!usage").message.contains("| This conversation | 2 | 33 | 9 |")
        }
        #expect(try await setting.ask("!help").message.contains("| `!compact` |"))
        #expect(try await setting.ask("@edgecrab !model").message.contains("test`"))
      }
    }
  }
}
