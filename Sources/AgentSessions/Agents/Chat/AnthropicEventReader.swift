/// Reads answers of Anthropic's Messages API: events, or a whole message.
///
/// API reference: https://docs.anthropic.com/en/api/messages-streaming
enum AnthropicEventReader: ChatEventReader {
  static let reasonKey = "stop_reason"

  static func event(_ json: LenientJSON) -> ChatEvent {
    var event = ChatEvent()
    let message = json["message"]
    for said in [json["content_block"], json["delta"], json["content"], message?["content"]] {
      guard let content = said.map(ContentParts.init) else { continue }
      event.texts += content.texts
      event.thoughts += content.thoughts
    }
    event.finishReason = [json["delta"], json, message].lazy.compactMap { $0?[reasonKey]?.words }.first
    if let usage = json["usage"] ?? message?["usage"] {
      let inputs = ["input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"]
        .compactMap { usage[$0]?.int }
      event.inputTokens = inputs.isEmpty ? nil : inputs.reduce(0) { $0 + Limits.credible($1) }
      event.outputTokens = usage["output_tokens"]?.int
    }
    // A whole message has no event behind it.
    event.isLast = ["message_stop", "message"].contains(json["type"]?.words)
    event.error = EndpointError(in: json)
    return event
  }
}
