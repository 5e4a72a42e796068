/// Reads answers of OpenAI's chat completions.
///
/// API reference: https://platform.openai.com/docs/api-reference/chat/streaming
enum OpenAIEventReader: ChatEventReader {
  static let reasonKey = "finish_reason"

  static func event(_ json: LenientJSON) -> ChatEvent {
    var event = ChatEvent()
    let choice = json["choices"]?.list?.first
    if let choice {
      // A whole answer is a `message`, a streamed one comes in `delta`s, and one of the older API has a `text`.
      let message = [choice["delta"], choice["message"]].compactMap(\.self).first { $0.map != nil } ?? choice
      event.read(message)
      event.finishReason = choice[reasonKey]?.words
    }
    if let usage = json["usage"] {
      event.inputTokens = usage["prompt_tokens"]?.int
      event.outputTokens = usage["completion_tokens"]?.int
    }
    event.error = EndpointError(in: json) ?? choice.flatMap { EndpointError(atKey: "error", of: $0) }
    if event.error == nil, json["choices"] == nil { event.error = EndpointError(wordsOf: json) }
    return event
  }
}

extension ChatEvent {
  fileprivate mutating func read(_ message: LenientJSON) {
    for key in ["content", "text", "refusal"] {
      guard let content = message[key].map(ContentParts.init) else { continue }
      texts += content.texts
      thoughts += content.thoughts
    }
    // Some endpoints send the same thought under several keys.
    let thought = ["reasoning_content", "reasoning", "thinking"].lazy.compactMap { message[$0].map(ContentParts.init) }
      .first { !$0.texts.isEmpty || !$0.thoughts.isEmpty }
    if let thought { thoughts += thought.texts + thought.thoughts }
  }
}
