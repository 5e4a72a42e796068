import Foundation
import Sandbox
import TestSupport
import Testing

/// The rules files in docs/agents.md and docs/sessions.md, with stand-ins for their endpoints and programs.
@Suite(.timeLimit(.minutes(2))) struct DocumentedExamplesTests {
  private static let docs = URL(filePath: #filePath).appending(path: "../../../docs").standardizedFileURL

  @Test(arguments: ["agents.md", "sessions.md"])
  func `each documented agent answers`(document: String) async throws {
    let text = try String(contentsOf: Self.docs.appending(path: document), encoding: .utf8)
    let examples = text.matches(of: /(?ms)^```yaml\n(.*?)^```$/).map { String($0.output.1) }
    #expect(!examples.isEmpty)
    let endpoint = try standIn()
    for example in examples where ACPProgram.isAvailable || !example.contains("type: acp") {
      try await Setting.with { setting in
        try await setting.withGateway(rules: Self.rules(example, at: endpoint.url)) {
          let answer = try await setting.ask("@edgecrab say hello").message
          // The answers of an echo, a model, `wc -w` and the SDK's agent.
          #expect(["say hello", "hello", "2"].contains(answer), "\(example)\n\(answer)")
        }
      }
    }
  }

  /// An endpoint that speaks both APIs.
  private func standIn() throws -> TestServer {
    try TestServer { peer in
      guard let request = peer.readRequest() else { return }
      let events =
        request.target.hasSuffix("/messages")
        ? [
          #"{"type":"content_block_delta","delta":{"type":"text_delta","text":"hello"}}"#,
          #"{"type":"message_delta","delta":{"stop_reason":"end_turn"}}"#, #"{"type":"message_stop"}"#,
        ]
        : [#"{"choices":[{"delta":{"content":"hello"},"finish_reason":"stop"}]}"#, "[DONE]"]
      peer.send(Array("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n".utf8))
      for event in events { peer.send(Array("data: \(event)\n\n".utf8)) }
    }
  }

  private static func rules(_ example: String, at url: String) -> String {
    let program = ACPProgram.command.map { "'\($0)'" }.joined(separator: ", ")
    let variables = ACPProgram.environment.map { "\($0.key): '\($0.value)'" }.joined(separator: ", ")
    return example.replacing(/base_url: .*/, with: "base_url: '\(url)/v1'")
      .replacing("type: anthropic\n", with: "type: anthropic\n    base_url: '\(url)/v1'\n")
      .replacing("[claude-code-acp]", with: "[\(program)]").replacing(
        /env: \{ ANTHROPIC.*/, with: "env: { \(variables) }"
      )
      // A folder that every machine has.
      .replacing(/folder: .*\n *worktree: true/, with: "folder: /")
  }
}
