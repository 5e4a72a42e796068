import RuleEngine
import TestSupport
import Testing

@testable import Agents

@Suite(.timeLimit(.minutes(1)))
struct AnswerTextTests {
  private static func delta(_ json: String) -> ChatServer.Step {
    .event(#"{"choices":[{"index":0,"delta":\#(json)}]}"#)
  }

  private func ask(_ steps: [ChatServer.Step]) async throws -> String {
    try await EndpointQuestion().ask([.head()] + steps + [.finish, .done])
  }

  @Test(arguments: [
    #"{"content":[{"type":"text","text":"Hel"},{"type":"text","text":"lo"}]}"#,
    #"{"content":[{"type":"output_text","text":"Hel"},"lo"]}"#, #"{"content":["Hel","lo"]}"#,
    #"{"content":{"type":"text","text":"Hello"}}"#,
    #"{"content":[{"index":0,"type":"text","text":{"value":"Hello","annotations":[]}}]}"#,
    #"{"content":null,"refusal":"Hello"}"#, #"{"content":[{"type":"refusal","refusal":"Hello"}]}"#,
    #"{"content":[{"type":"thinking","thinking":[{"type":"text","text":"Hm"}]},{"type":"text","text":"Hello"}]}"#,
    #"{"content":"Hello","reasoning_content":"Hm","reasoning":"Hm"}"#,
  ])
  func `text is read from every shape of content`(delta: String) async throws {
    #expect(try await ask([Self.delta(delta)]) == "Hello")
    let whole = #"{"choices":[{"index":0,"message":\#(delta),"finish_reason":"stop"}]}"#
    #expect(try await EndpointQuestion().ask([.head(type: "application/json"), .send(whole)]) == "Hello")
  }

  @Test func `text is read from completions of the older API`() async throws {
    #expect(try await ask([.event(#"{"choices":[{"text":"Hello","index":0,"finish_reason":null}]}"#)]) == "Hello")
  }

  @Test func `a surrogate pair that is split between events is joined, also across reasoning`() async throws {
    let first = Self.delta(#"{"content":"a\ud83d"}"#)
    let second = Self.delta(#"{"content":"\ude00b"}"#)
    let thought = Self.delta(#"{"reasoning_content":"\ud83d"}"#)
    let rest = Self.delta(#"{"reasoning_content":"\ude00"}"#)
    let empty = Self.delta(#"{"content":""}"#)
    #expect(try await ask([first, second]) == "a😀b")
    #expect(try await ask([first, thought, rest, empty, second]) == "a😀b")
    #expect(try await ask([first, Self.delta(#"{"content":"b"}"#)]) == "a\u{FFFD}b")
    #expect(try await ask([second]) == "\u{FFFD}b")
    #expect(try await ask([first]) == "a\u{FFFD}")
  }

  @Test func `the text of an Anthropic message is that of all its blocks except those of tools`() async throws {
    let blocks = #"""
      [{"type":"thinking","thinking":"Hm","signature":"x"},{"type":"redacted_thinking","data":"x"},
       {"type":"server_tool_use","id":"1","name":"web_search","input":{"query":"text"}},
       {"type":"web_search_tool_result","tool_use_id":"1","content":[{"type":"text","text":"found"}]},
       {"type":"text","text":"Hel","citations":[{"cited_text":"x"}]},{"type":"odd_block","text":"lo"}]
      """#
    let question = EndpointQuestion(api: .anthropic)
    for content in [blocks, #""Hello""#, #"["Hel",{"text":"lo"}]"#] {
      let whole = #"{"type":"message","content":\#(content),"stop_reason":"end_turn"}"#
      #expect(try await question.ask([.head(type: "application/json"), .send(whole)]) == "Hello")
    }
    let events = [
      #"{"type":"message_start","message":{"type":"message","content":[{"type":"text","text":"H"}]}}"#,
      #"{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"Hm"}}"#,
      #"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Hm \ud83d"}}"#,
      #"{"type":"content_block_start","index":1,"content_block":{"type":"text","text":"e"}}"#,
      #"{"type":"content_block_delta","index":1,"delta":{"type":"odd_delta","text":"llo \ud83d"}}"#,
      #"{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"\ude00"}}"#,
      #"{"type":"message_stop"}"#,
    ]
    #expect(try await question.ask([.head()] + events.map { .event($0) }) == "Hello 😀")
  }
}
