import Core
import Foundation
import RuleEngine
import TestSupport
import Testing
import Transport

@testable import Agents

@Suite(.timeLimit(.minutes(1)))
struct AnthropicAgentTests {
  private static let key = "sk-ant-very-secret"
  private let question = AgentRequest(message: "hello", speaker: "alice", sessionID: "s")

  private func agent(_ url: String) -> ChatAgent<Anthropic> {
    ChatAgent(
      name: "claude",
      settings: ChatSettings(
        baseURL: url, model: "m", apiKey: Secret(Self.key),
        headers: [NamedValue(name: "X-Title", value: Secret("edgecrab"), written: "edgecrab")]), .test())
  }

  private func ask(_ agent: ChatAgent<Anthropic>) async throws -> [ResponsePart] {
    try await agent.respond(to: question).parts()
  }

  /// Returns an event after its name, as the API sends it.
  private static func event(_ json: String) -> String {
    let name = json.split(separator: "\"").dropFirst(3).first ?? ""
    return "event: \(name)\ndata: \(json)\n\n"
  }

  /// The streamed answer in the API's reference.
  private static let stream = [
    """
    {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","content":[],"model":"m",\
    "stop_reason":null,"usage":{"input_tokens":25,"cache_creation_input_tokens":3,"cache_read_input_tokens":2,\
    "output_tokens":1}}}
    """,
    #"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#,
    #"{"type":"ping"}"#,
    #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hel"}}"#,
    #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"lo"}}"#,
    #"{"type":"content_block_stop","index":0}"#,
    #"{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":15}}"#,
    #"{"type":"message_stop"}"#,
  ].map(event).joined()

  @Test func `a response is streamed, and the request has the form of the API`() async throws {
    let server = try ChatServer([.head(), .send(Self.stream)])
    #expect(
      try await ask(agent(server.url)) == [
        .usage(TokenUsage(input: 30, output: 1)), .text("Hel"), .text("lo"), .usage(TokenUsage(input: 30, output: 15)),
      ])
    let request = try await server.request()
    #expect(request.line == "POST /v1/messages HTTP/1.1")
    #expect(request.headers["x-api-key"] == Self.key)
    #expect(request.headers["anthropic-version"] == "2023-06-01")
    #expect(request.headers["x-title"] == "edgecrab")
    #expect(request.headers["authorization"] == nil)
    #expect(request.body.contains(#""max_tokens":4096"#))
  }

  @Test func `the text does not depend on where the network cuts the stream`() throws {
    let text = "é€😀 e\u{301} 👩‍👩‍👧 日本語 \u{1F1E9}\u{1F1EA}"
    let bodies: [([UInt8], (([UInt8], Int) throws -> [ResponsePart]))] = [
      (
        Array(
          (Self.event(#"{"type":"content_block_delta","delta":{"type":"text_delta","text":"\#(text)"}}"#)
            + Self.event(#"{"type":"message_stop"}"#)).utf8), Self.read(as: Anthropic.self)
      ),
      (
        Array(#"{"type":"message","content":[{"type":"text","text":"\#(text)"}],"stop_reason":"end_turn"}"#.utf8),
        Self.read(as: Anthropic.self)
      ),
      (
        Array("data: {\"choices\":[{\"delta\":{\"content\":\"\(text)\"}}]}\n\ndata: [DONE]\n\n".utf8),
        Self.read(as: OpenAI.self)
      ),
      (
        Array(#"{"choices":[{"message":{"content":"\#(text)"},"finish_reason":"stop"}]}"#.utf8),
        Self.read(as: OpenAI.self)
      ),
    ]
    for (body, read) in bodies {
      for cut in body.indices { #expect(try read(body, cut) == [.text(text)], "cut at \(cut)") }
    }
  }

  private static func read<Format: ChatWireFormat>(as format: Format.Type) -> (([UInt8], Int) throws -> [ResponsePart])
  {
    { body, cut in
      var reader = try ChatBodyParser<Format>(contentType: nil, hiding: nil)
      return try reader.parse(Array(body[..<cut])) + reader.parse(Array(body[cut...])) + reader.end()
    }
  }

  @Test(
    arguments: [
      (
        [
          .head("401 Unauthorized"),
          .send(#"{"type":"error","error":{"type":"authentication_error","message":"invalid sk-ant-very-secret"}}"#),
        ], .unauthorized
      ),
      (
        [.head("429 Too Many"), .send(#"{"type":"error","error":{"type":"rate_limit_error","message":"slow"}}"#)],
        .rateLimited
      ),
      ([.head("413 Too Large"), .send(#"{"type":"error","error":{"type":"request_too_large"}}"#)], .tooLong),
      (
        [
          .head("400 Bad Request"),
          .send(#"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 9 > 8"}}"#),
        ], .tooLong
      ),
      ([.head("529 Overloaded"), .send(#"{"type":"error","error":{"type":"overloaded_error"}}"#)], .brokenEndpoint),
      ([.head(), .send(event(#"{"type":"error","error":{"type":"overloaded_error"}}"#))], .brokenEndpoint),
      ([.head(), .send(event(#"{"type":"content_block_delta","delta":{"text":"half"}}"#))], .cutOff),
      (
        [.head(), .send(event(#"{"type":"message_delta","delta":{"stop_reason":"tool_use"}}"#))], .wantsTools
      ),
      ([.head(), .send(event(#"{"type":"message_delta","delta":{"stop_reason":"refusal"}}"#))], .filtered),
    ] as [([ChatServer.Step], AgentFailure.Code)])
  func `each failure and truncation is recognized`(steps: [ChatServer.Step], code: AgentFailure.Code) async throws {
    let server = try ChatServer(steps)
    let failure = try #require(await #expect(throws: AgentFailure.self) { try await ask(agent(server.url)) })
    #expect(failure.code == code, "\(failure)")
    #expect(!"\(failure)\(failure.sentence())".contains(Self.key))
  }

  @Test func `a response that reaches max_tokens is marked as truncated`() async throws {
    let events = [
      #"{"type":"content_block_delta","delta":{"text":"a"}}"#,
      #"{"type":"message_delta","delta":{"stop_reason":"max_tokens"}}"#, #"{"type":"message_stop"}"#,
    ]
    let server = try ChatServer([.head(), .send(events.map(Self.event).joined())])
    #expect(try await ask(agent(server.url)) == [.text("a"), .truncated(.agentLimit)])
  }

  @Test func `cancelling the consumer closes the connection`() async throws {
    let server = try ChatServer([.head(), .repeatUntilClosed(Array(Self.event(#"{"type":"ping"}"#).utf8))])
    let agent = agent(server.url)
    let consumer = Task { try await ask(agent) }
    _ = try await server.request()
    consumer.cancel()
    #expect(try await server.next() == .closedByClient)
    _ = await consumer.result
  }
}
