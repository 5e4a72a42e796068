import Core
import RuleEngine

extension ChatTranscript {
  /// The body of OpenAI's `POST /chat/completions`.
  ///
  /// API reference: https://platform.openai.com/docs/api-reference/chat/create
  func openAI(_ settings: ChatSettings) -> JSON {
    // Where the file has no system's text there is none: some models' templates refuse it.
    let text = settings.system.flatMap { systemText($0) }
    let system = text.map { [["role": "system", "content": .string($0)] as JSON] } ?? []
    var request: JSON = [
      "model": .string(settings.model), "messages": .array(system + turns.map(\.openAI)), "stream": true,
    ]
    // Some endpoints refuse the key, so that the file may have another one, or none.
    let isOwnOptions = { (member: BodyValue.Member) in member.key == "stream_options" }
    if !settings.body.contains(where: isOwnOptions) {
      request = request.appending(["stream_options": ["include_usage": true]])
    }
    if let temperature = settings.temperature { request = request.appending(["temperature": .number(temperature)]) }
    if let most = settings.maxTokens { request = request.appending(["max_tokens": .int(most)]) }
    let body = settings.body.filter { !isOwnOptions($0) || $0.value != .null }
    return request.appending(body.map { JSON.Member(key: $0.key, value: $0.value.exposed) })
  }
}

extension ChatTranscript.Turn {
  /// Many endpoints know nothing but a text, so that only images make a list of it.
  fileprivate var openAI: JSON {
    let texts = contents.compactMap { content in if case .text(let text) = content { text } else { nil as String? } }
    let content: JSON =
      texts.count == contents.count ? .string(texts.joined(separator: "\n\n")) : .array(contents.map(\.openAI))
    return ["role": .string(role.rawValue), "content": content]
  }
}

extension ChatTranscript.Content {
  fileprivate var openAI: JSON {
    switch self {
    case .text(let text): ["type": "text", "text": .string(text)]
    case .image(let type, let base64):
      ["type": "image_url", "image_url": ["url": .string("data:\(type);base64,\(base64)")]]
    }
  }
}
