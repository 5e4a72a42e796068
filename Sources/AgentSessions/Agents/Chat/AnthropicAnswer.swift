import FoundationEssentials
import Vocabulary

/// An answer of Anthropic's Messages API as it comes, event by event; a whole message that was not streamed, too.
struct AnthropicAnswer: AnswerReader {
  private(set) var isDone = false
  private var hasText = false
  private var isEmpty = true
  private var stopReason: String?
  private var usage = TokenUsage()
  private let secret: String?

  init(hiding secret: String?) { self.secret = secret }

  mutating func take(_ data: String) throws(ChatFault) -> [AgentPart] {
    guard let event = try? JSONDecoder().decode(AnthropicEvent.self, from: Data(data.utf8)) else {
      throw ChatFault(code: .notAnEndpoint, detail: "an event of \(data.utf8.count) bytes is not a JSON object")
    }
    if let error = event.error {
      throw ChatFault(code: error.meaning(status: nil), detail: error.detail(status: nil, hiding: secret))
    }
    isEmpty = false
    var parts: [AgentPart] = []
    for text in event.texts where !text.isEmpty {
      hasText = true
      parts.append(.text(text))
    }
    if let told = event.usage {
      // Each event tells the sums so far, and only those that have changed.
      usage.input = told.input ?? usage.input
      usage.output = told.output ?? usage.output
      parts.append(.usage(usage))
    }
    if let reason = event.stopReason {
      stopReason = reason
      if hasText, reason == "max_tokens" { parts.append(.cutShort(.agentLimit)) }
      if hasText, reason == "refusal" { parts.append(.cutShort(.filtered)) }
    }
    // A whole message has no event behind it.
    isDone = isDone || event.type == "message_stop" || event.type == "message"
    return parts
  }

  func checkWhole() throws(ChatFault) {
    if isEmpty { throw ChatFault(code: .empty, detail: "the body holds no event") }
    guard isDone || stopReason != nil else { throw ChatFault(code: .cutOff, detail: "no message_stop") }
    guard !hasText else { return }
    switch stopReason {
    case "tool_use": throw ChatFault(code: .wantsTools, detail: "")
    case "refusal": throw ChatFault(code: .filtered, detail: "")
    case let reason:
      let said = reason?.onOneLine(atMost: Limits.detailScalarsMax)
      throw ChatFault(code: .empty, detail: "stop_reason \(said ?? "absent")")
    }
  }
}

/// An event of the Messages API, or a whole message; whatever is not understood counts as absent.
private struct AnthropicEvent: Decodable {
  var type: String
  var texts: [String] = []
  var stopReason: String?
  var usage: Usage?
  var error: ChatError?

  struct Usage: Decodable {
    var input: Int?
    var output: Int?

    private enum Key: String, CodingKey {
      case input = "input_tokens"
      case written = "cache_creation_input_tokens"
      case read = "cache_read_input_tokens"
      case output = "output_tokens"
    }

    init(from decoder: any Decoder) throws {
      let usage = try decoder.container(keyedBy: Key.self)
      let inputs = [Key.input, .written, .read].compactMap { usage.lenient(Int.self, $0) }
      input = inputs.isEmpty ? nil : inputs.reduce(0) { $0 + Limits.credible($1) }
      output = usage.lenient(Int.self, .output).map(Limits.credible)
    }
  }

  private struct Block: Decodable {
    var text: String?
  }

  private struct Delta: Decodable {
    var text: String?
    var stopReason: String?

    enum CodingKeys: String, CodingKey {
      case text
      case stopReason = "stop_reason"
    }
  }

  private struct Message: Decodable {
    var usage: Usage?
  }

  private enum Key: String, CodingKey {
    case type, delta, message, content, usage, error
    case block = "content_block"
    case stopReason = "stop_reason"
  }

  init(from decoder: any Decoder) throws {
    let event = try decoder.container(keyedBy: Key.self)
    type = event.lenient(String.self, .type) ?? ""
    error = event.lenient(ChatError.self, .error)
    let delta = event.lenient(Delta.self, .delta)
    let blocks = [event.lenient(Block.self, .block)] + (event.lenient([Block].self, .content) ?? [])
    texts = blocks.compactMap { $0?.text } + [delta?.text].compactMap(\.self)
    stopReason = delta?.stopReason ?? event.lenient(String.self, .stopReason)
    usage = event.lenient(Usage.self, .usage) ?? event.lenient(Message.self, .message)?.usage
  }
}
