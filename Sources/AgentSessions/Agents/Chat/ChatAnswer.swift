import FoundationEssentials
import Vocabulary

/// An answer of a chat endpoint as it comes, event by event.
struct ChatAnswer {
  /// Whether the endpoint has said that nothing more follows.
  private(set) var isDone = false
  private var hasText = false
  private var isEmpty = true
  private var finishReason: String?
  private let secret: String?

  /// Begins an answer; `secret` is kept out of every fault.
  init(hiding secret: String?) { self.secret = secret }

  /// Takes an event's data, and returns what it adds.
  mutating func take(_ data: String) throws(ChatFault) -> [AgentPart] {
    guard data != "[DONE]" else {
      isDone = true
      return []
    }
    return try take(Array(data.utf8))
  }

  /// Takes a JSON object: an event's, or a whole body that was not streamed.
  mutating func take(_ json: [UInt8]) throws(ChatFault) -> [AgentPart] {
    guard let response = try? JSONDecoder().decode(ChatResponse.self, from: Data(json)) else {
      throw ChatFault(code: .notAnEndpoint, detail: "an event of \(json.count) bytes is not a JSON object")
    }
    if let error = response.error {
      throw ChatFault(code: error.meaning(status: nil), detail: error.detail(status: nil, hiding: secret))
    }
    isEmpty = false
    var parts: [AgentPart] = []
    if let text = response.text, !text.isEmpty {
      hasText = true
      parts.append(.text(text))
    }
    if let usage = response.usage { parts.append(.usage(usage)) }
    if let reason = response.finishReason {
      finishReason = reason
      if hasText, reason == "length" { parts.append(.cutShort(.agentLimit)) }
      if hasText, reason == "content_filter" { parts.append(.cutShort(.filtered)) }
    }
    return parts
  }

  /// Whether the answer is whole, now that the endpoint has nothing more to say.
  func checkWhole() throws(ChatFault) {
    if isEmpty, !isDone { throw ChatFault(code: .empty, detail: "the body holds no event") }
    guard isDone || finishReason != nil else { throw ChatFault(code: .cutOff, detail: "no finish_reason, no [DONE]") }
    guard !hasText else { return }
    switch finishReason {
    case "tool_calls", "function_call": throw ChatFault(code: .wantsTools, detail: "")
    case "content_filter": throw ChatFault(code: .filtered, detail: "")
    case let reason:
      let said = reason?.onOneLine(atMost: Limits.detailScalarsMax)
      throw ChatFault(code: .empty, detail: "finish_reason \(said ?? "absent")")
    }
  }
}
