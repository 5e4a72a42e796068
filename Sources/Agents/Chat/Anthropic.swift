import Core
import RuleEngine

/// Anthropic's Messages API.
///
/// API reference: https://docs.anthropic.com/en/api/messages, https://docs.anthropic.com/en/api/messages-streaming
enum Anthropic: ChatWireFormat {
  static let provider = "anthropic"
  static let path = "messages"
  /// Without it, the list has twenty models.
  static let modelsQuery: String? = "limit=1000"
  static let finishReasonKey = "stop_reason"
  /// The value of the header `anthropic-version`.
  static let version = "2023-06-01"

  static func headers(key: String?) -> [(String, String)] {
    [("anthropic-version", version)] + (key.map { [("x-api-key", $0)] } ?? [])
  }

  /// Caches the parts that stay the same from one request to the next: the system prompt, and all messages but the
  /// last.
  ///
  /// See https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching
  static func body(_ transcript: ChatTranscript, _ settings: ChatSettings) -> JSON {
    let cached = transcript.turns.count - 2
    let messages = transcript.turns.enumerated().map { index, turn in turn.anthropic(isCached: index == cached) }
    var request: JSON = [
      "model": .string(settings.model), "max_tokens": .int(settings.maxTokens ?? ChatAPI.anthropicMaxTokens),
      "messages": .array(messages), "stream": true,
    ]
    if let system = transcript.systemPrompt(settings.system) {
      request = request.appending(["system": [ChatTranscript.Content.text(system).anthropic(isCached: true)]])
    }
    if let temperature = settings.temperature { request = request.appending(["temperature": .number(temperature)]) }
    return request.appending(settings.body.map { JSON.Member(key: $0.key, value: $0.value.exposed) })
  }

  static func event(_ json: LenientJSON) -> ChatEvent {
    var event = ChatEvent()
    let message = json["message"]
    for json in [json["content_block"], json["delta"], json["content"], message?["content"]] {
      guard let content = json.map(ContentParts.init) else { continue }
      event.texts += content.texts
      event.thoughts += content.thoughts
    }
    event.finishReason =
      [json["delta"], json, message].lazy.compactMap { $0?[finishReasonKey]?.nonEmptyString }.first
    if let usage = json["usage"] ?? message?["usage"] {
      let inputs = ["input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"]
        .compactMap { usage[$0]?.int }
      event.inputTokens = inputs.isEmpty ? nil : inputs.reduce(0) { $0 + Limits.credible($1) }
      event.outputTokens = usage["output_tokens"]?.int
    }
    event.model = message?["model"]?.nonEmptyString
    // No event follows a complete message.
    event.isLast = ["message_stop", "message"].contains(json["type"]?.nonEmptyString)
    event.error = EndpointError(in: json)
    return event
  }
}

extension ChatTranscript.Turn {
  fileprivate func anthropic(isCached: Bool) -> JSON {
    let last = contents.count - 1
    let blocks = contents.enumerated().map { index, content in content.anthropic(isCached: isCached && index == last) }
    return ["role": .string(role.rawValue), "content": .array(blocks)]
  }
}

extension ChatTranscript.Content {
  fileprivate func anthropic(isCached: Bool) -> JSON {
    let block: JSON =
      switch self {
      case .text(let text): ["type": "text", "text": .string(text)]
      case .image(let type, let base64):
        [
          "type": "image",
          "source": ["type": "base64", "media_type": .string(type), "data": .string(base64)],
        ]
      }
    return isCached ? block.appending(["cache_control": ["type": "ephemeral"]]) : block
  }
}
