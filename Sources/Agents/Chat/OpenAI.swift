import Core
import RuleEngine

/// OpenAI's chat completions, as any compatible endpoint has them.
///
/// API reference: https://platform.openai.com/docs/api-reference/chat/create,
/// https://platform.openai.com/docs/api-reference/chat/streaming
enum OpenAI: ChatWireFormat {
  static let provider = "openai"
  static let path = "chat/completions"
  static let modelsQuery: String? = nil
  static let finishReasonKey = "finish_reason"

  static func headers(key: String?) -> [(String, String)] { key.map { [("Authorization", "Bearer \($0)")] } ?? [] }

  static func body(_ transcript: ChatTranscript, _ settings: ChatSettings) -> JSON {
    // Without a system prompt in the rules file there is no system message: some models' templates refuse it.
    let system =
      settings.system.flatMap { transcript.systemPrompt($0) }
      .map { [["role": "system", "content": .string($0)] as JSON] } ?? []
    var request: JSON = [
      "model": .string(settings.model), "messages": .array(system + transcript.turns.map(\.openAI)), "stream": true,
    ]
    // Some endpoints refuse `stream_options`, so that the rules file may replace it, or remove it with `null`.
    let isStreamOptions = { (member: BodyValue.Member) in member.key == "stream_options" }
    if !settings.body.contains(where: isStreamOptions) {
      request = request.appending(["stream_options": ["include_usage": true]])
    }
    if let temperature = settings.temperature { request = request.appending(["temperature": .number(temperature)]) }
    if let maxTokens = settings.maxTokens { request = request.appending(["max_tokens": .int(maxTokens)]) }
    let body = settings.body.filter { !isStreamOptions($0) || $0.value != .null }
    return request.appending(body.map { JSON.Member(key: $0.key, value: $0.value.exposed) })
  }

  static func event(_ json: LenientJSON) -> ChatEvent {
    var event = ChatEvent()
    let choice = json["choices"]?.list?.first
    if let choice {
      // A complete response is a `message`, a streamed one comes in `delta`s, and one of the older API has a `text`.
      let message = [choice["delta"], choice["message"]].compactMap(\.self).first { $0.map != nil } ?? choice
      event.read(message)
      event.finishReason = choice[finishReasonKey]?.nonEmptyString
      // Every event has it; once is enough.
      if event.finishReason != nil { event.model = json["model"]?.nonEmptyString }
    }
    if let usage = json["usage"] {
      event.inputTokens = usage["prompt_tokens"]?.int
      event.outputTokens = usage["completion_tokens"]?.int
    }
    event.error = EndpointError(in: json) ?? choice.flatMap { EndpointError(atKey: "error", of: $0) }
    if event.error == nil, json["choices"] == nil { event.error = EndpointError(messageOf: json) }
    return event
  }
}

extension ChatTranscript.Turn {
  /// Many endpoints accept only a string, so that the content is a list only if it has images.
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

extension ChatEvent {
  fileprivate mutating func read(_ message: LenientJSON) {
    for key in ["content", "text", "refusal"] {
      guard let content = message[key].map(ContentParts.init) else { continue }
      texts += content.texts
      thoughts += content.thoughts
    }
    // Some endpoints send the same reasoning under several keys.
    let thought = ["reasoning_content", "reasoning", "thinking"].lazy.compactMap { message[$0].map(ContentParts.init) }
      .first { !$0.texts.isEmpty || !$0.thoughts.isEmpty }
    if let thought { thoughts += thought.texts + thought.thoughts }
  }
}
