import TestSupport
import Testing

@testable import Agents

@Suite(.timeLimit(.minutes(1)))
struct MalformedStreamTests {
  private static let hel = #"data: {"choices":[{"delta":{"content":"Hel"}}]}"#
  private static let lo = #"data: {"choices":[{"delta":{"content":"lo"}}]}"#
  private static let stop = #"data: {"choices":[{"delta":{},"finish_reason":"stop"}]}"#

  @Test(arguments: [
    "data:\n\n\(hel)\n\ndata: \n\n\(lo)\n\n\(stop)\n\ndata: [DONE]\n\n",
    "data: ping\n\n\(hel)\n\ndata: PROCESSING\n\n\(lo)\n\n\(stop)\n\ndata: [DONE]\n\n",
    "data: \"ping\"\n\n\(hel)\n\ndata: 1\n\ndata: null\n\ndata: []\n\n\(lo)\n\ndata: [DONE]\n\n",
    "\(hel)\n\n\(lo)\n\ndata: [DONE] \n\n", "\(hel)\n\n\(lo)\n\ndata:  [DONE]\t\n\n",
    "\(hel)\n\n\(lo)\n\ndata:[DONE]\n\n",
    "\(hel)\n\n\(lo)\n\ndata: [DONE]", "\(hel)\n\n\(lo)\n\n\(stop)", "\(hel)\n\(lo)\n\(stop)\ndata: [DONE]\n",
    "\u{FEFF}\(hel)\r\r\(lo)\r\rdata: [DONE]\r\r", "\(hel)\r\n\r\n\(lo)\r\n\r\ndata: [DONE]\r\n\r\n",
    ": hi\n\nevent: message\nid: 1\nretry: 5\n\(hel)\n\n: keep-alive\n\nevent: x\n\n\(lo)\n\ndata: [DONE]\n\n",
    #"data: {"choices":[{"delta":{"content":"Hello"},"logprobs":{"x":NaN}}],"timings":[Infinity,-Infinity,1e999]}"#
      + "\n\ndata: [DONE]\n\n",
    #"data: {"choices":[{"delta":{"content":"Hello"}}],"x":"# + String(repeating: "[", count: 600)
      + String(repeating: "]", count: 600) + "}\n\ndata: [DONE]\n\n",
    #"data: {"choices":[{"delta":{"content":"Hello"}}],"usage":{"prompt_tokens":NaN}}"# + "\n\ndata: [DONE]\n\n",
    #"data: {"type":"ping"}"# + "\n\n\(hel)\n\n\(lo)\n\n\(stop)\n\n" + #"data: {"cost":"NaN"}"# + "\n\n",
    "\u{FEFF}\r\n{\"choices\":[{\"message\":{\"content\":\"Hello\"},\"finish_reason\":\"\"}]}\n",
    #"{"choices":[{"message":{"content":"Hello"}}]}"#,
  ])
  func `a malformed stream with a complete answer is accepted`(body: String) async throws {
    #expect(try await EndpointQuestion().ask([.head(), .send(body)]) == "Hello")
  }

  @Test(arguments: [
    (200, #"[{"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}]"#, "brokenEndpoint"),
    (503, #"[{"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}]"#, "brokenEndpoint"),
    (400, #"[{"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT"}}]"#, "refused"),
    (200, "data: [{\"error\":{\"code\":429,\"message\":\"slow down\"}}]\n\n", "rateLimited"),
    (
      422, #"{"detail":[{"loc":["body","messages"],"msg":"field required","type":"value_error.missing"}]}"#,
      "refused"
    ),
    (
      422,
      #"{"detail":[{"msg":"Input should be a string","input":"\#(String(repeating: "x", count: 200_000))"}]}"#,
      "refused"
    ),
    (404, #"{"detail":"Not Found"}"#, "notFound"), (500, #"{"detail":{"error":"boom"}}"#, "brokenEndpoint"),
    (200, "data: hello\n\ndata: world\n\n", "notAnEndpoint"), (200, #"{"status":"ok"}"#, "notAnEndpoint"),
    (200, "\(hel)\n\ndata: {\"choices\":[{\"delta\":{\"content\":\"lo\n\n\(stop)\n\n", "cutOff"),
  ])
  func `a malformed stream without an answer is a failure with its cause`(status: Int, body: String, code: String)
    async throws
  {
    let text = try await EndpointQuestion().ask([.head("\(status) Status"), .send(body)])
    #expect(text == "!\(code)")
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func `random streams read the same wherever they are cut`(seed: UInt64) throws {
    var random = SeededGenerator(state: seed)
    let words = [
      "data: ", "\n\n", "\n", "\r", "[DONE]", "{", "}", "[", "]", "\"", #"\ud83d"#, #"\u"#, "NaN", "<think>",
      "</think>", "`",
      "event: error\n", #"{"error":{"message":"x"}}"#, "\u{FEFF}", "é", "<", ":", ",",
      #"{"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}"#, #"{"delta":{"text":"b"}}"#,
    ].map { Array($0.utf8) }
    for _ in 0..<50 {
      var body = Array("\(Self.hel)\n\n\(Self.lo)\n\n\(Self.stop)\n\ndata: [DONE]\n\n".utf8)
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        let index = Int.random(in: 0..<body.count, using: &random)
        let end = min(body.count, index + Int.random(in: 0...2, using: &random))
        body.replaceSubrange(index..<end, with: words.randomElement(using: &random) ?? [0xFF])
      }
      #expect(read(body, by: body.count) == read(body, by: 1), "\(String(decoding: body, as: UTF8.self))")
      _ = read(body, by: 7, as: Anthropic.self)
    }
  }

  /// Reads a body in pieces, and returns the text or the failure's code.
  private func read(_ body: [UInt8], by count: Int) -> String { read(body, by: count, as: OpenAI.self) }

  private func read<Format: ChatWireFormat>(_ body: [UInt8], by count: Int, as format: Format.Type) -> String {
    do throws(ChatFailure) {
      var reader = try ChatBodyParser<Format>(contentType: nil, hiding: nil)
      var parts: [ResponsePart] = []
      for start in stride(from: 0, to: body.count, by: count) where !reader.isDone {
        parts += try reader.parse(Array(body[start..<min(body.count, start + count)]))
      }
      parts += try reader.end()
      return parts.reduce(into: "") { text, part in
        switch part {
        case .text(let more): text += more
        case .retracted(let count): text.unicodeScalars.removeLast(min(count, text.unicodeScalars.count))
        default: text += "(\(part))"
        }
      }
    } catch {
      return "!\(error.code)"
    }
  }

  @Test func `any amount of reasoning is accepted and dropped`() async throws {
    let thought = #"data: {"choices":[{"delta":{"reasoning_content":"\#(String(repeating: "x", count: 16_000))"}}]}"#
    let chunk = ChatServer.Step.send(String(repeating: thought + "\n\n", count: 68))
    let steps = [.head()] + Array(repeating: chunk, count: 17) + [.word("Hello"), .finish, .done]
    #expect(try await EndpointQuestion().ask(steps) == "Hello")
  }
}
