import Testing

@testable import Agents

struct ChatBodyParserTests {
  private static let secret = "sk-very-secret"

  private func read(_ body: String, type: String? = nil) throws -> [ResponsePart] {
    var reader = try ChatBodyParser<OpenAI>(contentType: type, hiding: Self.secret)
    return try reader.parse(Array(body.utf8)) + reader.end()
  }

  private static func events(_ data: String...) -> String { data.map { "data: \($0)\n\n" }.joined() }
  private static func word(_ text: String) -> String { #"{"choices":[{"index":0,"delta":{"content":"\#(text)"}}]}"# }
  private static func finish(_ reason: String) -> String { #"{"choices":[{"delta":{},"finish_reason":"\#(reason)"}]}"# }

  @Test(arguments: [
    (events(word("Hel"), word("lo"), finish("stop"), "[DONE]"), [ResponsePart.text("Hel"), .text("lo")]),
    (events(word("no DONE"), finish("stop")), [.text("no DONE")]),
    (events(word("no finish_reason"), "[DONE]"), [.text("no finish_reason")]),
    (events(word("a"), "[DONE]", word("after the end")), [.text("a")]),
    (
      events(
        #"{"choices":[{"delta":{"role":"assistant","content":""}}]}"#, word("a"), finish("stop"),
        #"{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":1,"total_tokens":10}}"#, "[DONE]"),
      [.text("a"), .usage(TokenUsage(input: 9, output: 1))]
    ),
    (events(word("a"), finish("length"), "[DONE]"), [.text("a"), .truncated(.agentLimit)]),
    (events(word("a"), finish("content_filter"), "[DONE]"), [.text("a"), .truncated(.filtered)]),
    (
      events(
        #"{"id":"x","choices":[{"delta":{"content":null,"tool_calls":[{"function":{"name":"f"}}]}}],"usage":null}"#,
        word("a"), finish("tool_calls"), "[DONE]"),
      [.text("a")]
    ),
    (events(#"{"choices":[{"delta":{"reasoning_content":"hm"}}]}"#, word("a"), "[DONE]"), [.text("a")]),
    (events(#"{"choices":"odd","usage":7}"#, word("a"), "[DONE]"), [.text("a")]),
    (
      events(
        word("a"), #"{"choices":[],"usage":{"prompt_tokens":9223372036854775807,"completion_tokens":-1}}"#, "[DONE]"),
      [.text("a"), .usage(TokenUsage(input: 1_000_000_000, output: 0))]
    ),
    (": OPENROUTER PROCESSING\n\n" + events(word("a"), "[DONE]"), [.text("a")]),
    (
      """
       \n{"choices":[{"message":{"role":"assistant","content":"whole"},"finish_reason":"stop"}],
       "usage":{"prompt_tokens":5,"completion_tokens":2}}
      """, [.text("whole"), .usage(TokenUsage(input: 5, output: 2))]
    ),
  ])
  func `every form of a response body is read`(body: String, parts: [ResponsePart]) throws {
    #expect(try read(body) == parts)
  }

  @Test(arguments: [
    ("", AgentFailure.Code.empty),
    ("   \n", .empty),
    (": nothing but comments\n\n", .empty),
    (events("[DONE]"), .empty),
    (events(finish("stop"), "[DONE]"), .empty),
    (events(finish("tool_calls"), "[DONE]"), .wantsTools),
    (events(finish("content_filter"), "[DONE]"), .filtered),
    (events(word("half an ans")), .cutOff),
    ("data: {\"choices\":[{\"delta\":{\"content\":\"never ended\"}}]}", .cutOff),
    ("<!DOCTYPE html><html><body>Welcome to nginx</body></html>", .notAnEndpoint),
    (events("not JSON"), .notAnEndpoint),
    (events("[1,2]"), .notAnEndpoint),
    ("{\"choices\":[{\"message\":{\"cont", .notAnEndpoint),
    (#"{"error":{"message":"boom"}}"#, .brokenEndpoint),
    (#"{"error":"model requires more memory"}"#, .brokenEndpoint),
    (events(word("a"), #"{"error":{"message":"overloaded","code":503}}"#), .brokenEndpoint),
    (events(#"{"error":{"message":"slow down","code":"rate_limit_exceeded"}}"#), .rateLimited),
    (events(#"{"error":{"message":"too many tokens","code":"context_length_exceeded"}}"#), .tooLong),
  ])
  func `bodies that are not a response are rejected`(body: String, code: AgentFailure.Code) {
    let fault = #expect(throws: ChatFailure.self) { try read(body) }
    #expect(fault?.code == code)
  }

  @Test func `a body of type text/html is rejected`() {
    #expect(throws: ChatFailure.self) {
      try read(Self.events(Self.word("a"), "[DONE]"), type: "Text/HTML; charset=utf-8")
    }
  }

  @Test func `the text does not depend on where the bytes are cut`() throws {
    let body = Array(Self.events(Self.word("Grüße, 世界 "), Self.word("👩🏽‍💻!"), Self.finish("stop"), "[DONE]").utf8)
    for cut in 0...body.count {
      var reader = try ChatBodyParser<OpenAI>(contentType: "text/event-stream", hiding: nil)
      let parts = try reader.parse(Array(body[..<cut])) + reader.parse(Array(body[cut...])) + reader.end()
      #expect(parts == [.text("Grüße, 世界 "), .text("👩🏽‍💻!")], "cut at \(cut)")
    }
  }

  @Test(arguments: [
    (
      401, #"{"error":{"message":"Incorrect API key provided: sk-very-secret","code":"invalid_api_key"}}"#,
      AgentFailure.Code.unauthorized, "HTTP 401, invalid_api_key, Incorrect API key provided: <redacted>"
    ),
    (401, "", .unauthorized, "HTTP 401, 0 bytes that are not JSON"),
    (403, #"{"error":{"type":"forbidden"}}"#, .forbidden, "HTTP 403, forbidden"),
    (
      404, #"{"error":{"message":"model 'm' not found","type":"not_found_error"}}"#, .notFound,
      "HTTP 404, not_found_error, model 'm' not found"
    ),
    (404, "404 page not found", .notFound, "HTTP 404, 404 page not found"),
    (
      429, #"{"error":{"message":"Slow down","code":"rate_limit_exceeded"}}"#, .rateLimited,
      "HTTP 429, rate_limit_exceeded, Slow down"
    ),
    (
      429, #"{"error":{"message":"Pay","type":"insufficient_quota"}}"#, .quotaUsedUp,
      "HTTP 429, insufficient_quota, Pay"
    ),
    (
      400, #"{"error":{"message":"no such option","type":"invalid_request_error","param":"top_p","code":null}}"#,
      .refused, "HTTP 400, invalid_request_error, param top_p, no such option"
    ),
    (
      400, #"{"error":{"message":"This model's maximum context length is 8192 tokens"}}"#, .tooLong,
      "HTTP 400, This model's maximum context length is 8192 tokens"
    ),
    (
      422, #"{"detail":[{"input":"private words"}]}"#, .notAnEndpoint,
      "HTTP 422, 38 bytes of JSON that names no error"
    ),
    (
      422, #"{"detail":[{"loc":["body","top_p"],"msg":"Input should be less than 1","input":"private words"}]}"#,
      .refused, "HTTP 422, body.top_p: Input should be less than 1"
    ),
    (405, "<html>", .notAnEndpoint, "HTTP 405, 6 bytes that are not JSON"),
    (302, "", .notAnEndpoint, "HTTP 302, 0 bytes that are not JSON"),
    (500, #"{"error":{"message":"key sk-very-secret broke"}}"#, .brokenEndpoint, "HTTP 500, key <redacted> broke"),
    (502, "<html>Bad Gateway</html>", .brokenEndpoint, "HTTP 502, 24 bytes that are not JSON"),
    (503, #"{"message":"loading model"}"#, .brokenEndpoint, "HTTP 503, loading model"),
  ])
  func `each error response has its meaning`(status: Int, body: String, code: AgentFailure.Code, detail: String) {
    let fault = ChatFailure(status: status, body: Array(body.utf8), hiding: Self.secret)
    #expect(fault == ChatFailure(code: code, detail: detail))
  }

  @Test func `the API key is redacted in error responses before they are cut`() throws {
    let words = String(repeating: "x", count: 305)
    for padding in 0...30 {
      let message = String(words.dropLast(padding)) + Self.secret + " broke"
      let body = #"{"error":{"message":"\#(message)"}}"#
      let fault = ChatFailure(status: 500, body: Array(body.utf8), hiding: Self.secret)
      #expect(!fault.detail.contains("sk-"), "\(padding)")
      #expect(fault.detail.unicodeScalars.count <= 300)
    }
  }

  @Test func `an endpoint's message is logged on one line of limited length`() {
    let tower = String(repeating: "\u{301}", count: 5_000)
    let body = ##"{"error":{"message":"a\u001b[31m\nb\##(tower)","type":"\##(tower)"}}"##
    let detail = ChatFailure(status: 500, body: Array(body.utf8), hiding: nil).detail
    #expect(detail.unicodeScalars.count <= 300)
    #expect(!detail.contains { $0.isNewline || $0 == "\u{1B}" })
  }
}
