import RuleEngine
import TestSupport
import Testing

@testable import Agents

@Suite(.timeLimit(.minutes(1)))
struct FinishReasonTests {
  private static func end(_ reason: String) -> ChatServer.Step {
    .event(#"{"choices":[{"index":0,"delta":{},"finish_reason":\#(reason)}]}"#)
  }

  private func ask(_ end: [ChatServer.Step]) async throws -> String {
    try await EndpointQuestion().ask([.head(), .word("Hello")] + end)
  }

  @Test(
    arguments: [
      [end(#""stop""#), .done], [end(#""stop""#)], [end(#""eos""#)], [end(#""STOP""#)], [end(#""end_turn""#), .done],
      [end(#""stop_sequence""#), .done], [end(#""tool_calls""#), .done], [end(#""odd_reason""#), .done],
      [end(#""""#), .done], [end("null"), .done], [.done],
    ] as [[ChatServer.Step]])
  func `a response with a known reason or an end mark is complete`(end: [ChatServer.Step]) async throws {
    #expect(try await ask(end) == "Hello")
  }

  @Test(arguments: [
    (#""length""#, "has reached the agent's limit"), (#""max_tokens""#, "has reached the agent's limit"),
    (#""MAX_TOKENS""#, "has reached the agent's limit"), (#""content_filter""#, "filtered the rest"),
    (#""SAFETY""#, "filtered the rest"), (#""model_length""#, "as long as the agent can read"),
  ])
  func `a response that could have gone on is marked as truncated`(reason: String, note: String) async throws {
    let text = try await ask([Self.end(reason), .done])
    #expect(text.hasPrefix("Hello\n\n(The answer ends here") && text.contains(note), "\(text)")
  }

  @Test func `a response with an unknown reason and no end mark is marked`() async throws {
    let text = try await ask([Self.end(#""odd_reason""#)])
    #expect(text.hasPrefix("Hello\n\n(The answer may be incomplete"), "\(text)")
  }

  @Test(
    arguments: [
      [end(#""error""#), .done], [end(#""abort""#), .done], [end(#""cancelled""#)],
      [end(#""insufficient_system_resource""#), .done], [end(#""""#)], [end("null")], [],
    ] as [[ChatServer.Step]])
  func `a response without reason and end mark is a failure`(end: [ChatServer.Step]) async throws {
    #expect(try await ask(end) == "!cutOff")
  }

  @Test(arguments: [
    #"{"error":{"message":"overloaded","code":503}}"#, #"{"error":"overloaded"}"#,
    #"{"choices":[{"delta":{"content":""},"finish_reason":"stop","error":{"code":502,"message":"Upstream died"}}]}"#,
    #"{"choices":[{"delta":{},"finish_reason":"stop"}],"error":{"code":502,"message":"Upstream died"}}"#,
    #"{"error":true,"message":"worker died"}"#, #"{"errors":[{"code":502,"message":"worker died"}]}"#,
    #"{"object":"error","message":"EngineCore died","type":"InternalServerError","code":500}"#,
  ])
  func `an error within a response is a failure, whatever follows it`(event: String) async throws {
    #expect(try await ask([.event(event), .done]) == "!brokenEndpoint")
  }

  @Test func `an event named error is a failure, whatever it holds`() async throws {
    for data in ["Internal error", #"{"code":500}"#, #""boom""#] {
      #expect(try await ask([.send("event: error\ndata: \(data)\n\n"), .done]) == "!brokenEndpoint")
    }
  }

  @Test func `a response without text is a failure with the reason`() async throws {
    let codes = [
      ("length", "onlyThoughtToLimit"), ("error", "brokenEndpoint"), ("content_filter", "filtered"),
      ("tool_calls", "wantsTools"), ("stop", "empty"), ("model_context_window_exceeded", "messageTooLong"),
    ]
    for (reason, code) in codes {
      #expect(try await EndpointQuestion().ask([.head(), Self.end(#""\#(reason)""#), .done]) == "!\(code)")
    }
  }

  @Test(arguments: [
    ("end_turn", "Hello"), ("stop_sequence", "Hello"), ("tool_use", "Hello"), ("odd_reason", "Hello"),
    ("max_tokens", "Hello\n\n(The answer ends here: it has reached the agent's limit. Ask it to continue.)"),
    ("pause_turn", "Hello\n\n(The answer ends here: it has reached the agent's limit. Ask it to continue.)"),
    (
      "model_context_window_exceeded",
      "Hello\n\n(The answer ends here: this conversation is now as long as the agent can read. Start a new one for the rest.)"
    ),
    ("refusal", "Hello\n\n(The answer ends here: the agent's endpoint filtered the rest.)"),
    ("error", "!cutOff"),
  ])
  func `the stop reasons of Anthropic are recognized`(reason: String, text: String) async throws {
    let events = [
      #"{"type":"message_start","message":{"type":"message","content":[],"stop_reason":null}}"#,
      #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hello"}}"#,
      #"{"type":"message_delta","delta":{"stop_reason":"\#(reason)","stop_sequence":null}}"#,
      #"{"type":"message_stop"}"#,
    ]
    let question = EndpointQuestion(api: .anthropic)
    #expect(try await question.ask([.head()] + events.map { .event($0) }) == text)
    let whole = #"{"type":"message","content":[{"type":"text","text":"Hello"}],"stop_reason":"\#(reason)"}"#
    #expect(try await question.ask([.head(type: "application/json"), .send(whole)]) == text)
  }
}
