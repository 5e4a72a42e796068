import FoundationEssentials
import Vocabulary

/// An answer of OpenAI's chat completions as it comes, event by event.
struct OpenAIAnswer: AnswerReader {
  private(set) var isDone = false
  private var hasText = false
  private var isEmpty = true
  private var finishReason: String?
  private let secret: String?

  init(hiding secret: String?) { self.secret = secret }

  mutating func take(_ data: String) throws(ChatFault) -> [AgentPart] {
    guard data != "[DONE]" else {
      isDone = true
      return []
    }
    guard let response = try? JSONDecoder().decode(ChatResponse.self, from: Data(data.utf8)) else {
      throw ChatFault(code: .notAnEndpoint, detail: "an event of \(data.utf8.count) bytes is not a JSON object")
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
