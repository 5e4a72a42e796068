import Core
import RuleEngine

extension ChatTranscript {
  /// The body of Anthropic's `POST /messages`. What stays the same from one question to the next is cached: the system's
  /// text, and all that was said before.
  ///
  /// API reference: https://docs.anthropic.com/en/api/messages, https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching
  func anthropic(_ settings: ChatSettings) -> JSON {
    let cached = turns.count - 2
    let messages = turns.enumerated().map { index, turn in turn.anthropic(isCached: index == cached) }
    var request: JSON = [
      "model": .string(settings.model), "max_tokens": .int(settings.maxTokens ?? ChatSettings.anthropicMaxTokens),
      "messages": .array(messages), "stream": true,
    ]
    if let system = systemText(settings.system) {
      request = request.appending(["system": [ChatTranscript.Content.text(system).anthropic(isCached: true)]])
    }
    if let temperature = settings.temperature { request = request.appending(["temperature": .number(temperature)]) }
    return request.appending(settings.body.map { JSON.Member(key: $0.key, value: $0.value.exposed) })
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
