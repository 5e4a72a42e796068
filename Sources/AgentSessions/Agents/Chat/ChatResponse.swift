/// What a chat endpoint sends: an event's data, or the whole body where it does not stream.
///
/// Endpoints differ in what they leave out, add or send as null, so that only a body that is no JSON object is an
/// error; whatever is not understood counts as absent.
///
/// API reference: https://platform.openai.com/docs/api-reference/chat/streaming
struct ChatResponse: Decodable {
  var text: String?
  var finishReason: String?
  var usage: TokenUsage?
  var error: ChatError?

  private enum Key: String, CodingKey {
    case choices, usage, error, message, detail
  }

  private struct Choice: Decodable {
    struct Content: Decodable {
      var content: String?
    }

    var text: String?
    var finishReason: String?

    enum Key: String, CodingKey {
      case delta, message
      case finishReason = "finish_reason"
    }

    init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: Key.self)
      let content = fields.lenient(Content.self, .delta) ?? fields.lenient(Content.self, .message)
      text = content?.content
      finishReason = fields.lenient(String.self, .finishReason)
    }
  }

  private struct Usage: Decodable {
    var input: Int?
    var output: Int?

    enum CodingKeys: String, CodingKey {
      case input = "prompt_tokens"
      case output = "completion_tokens"
    }
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Key.self)
    let choice = fields.lenient([Choice].self, .choices)?.first
    text = choice?.text
    finishReason = choice?.finishReason
    usage = fields.lenient(Usage.self, .usage).map {
      TokenUsage(input: Limits.credible($0.input ?? 0), output: Limits.credible($0.output ?? 0))
    }
    error =
      fields.lenient(ChatError.self, .error)
      ?? fields.lenient(String.self, .error).map { ChatError(message: $0) }
    if error == nil, choice == nil,
      let words = fields.lenient(String.self, .message) ?? fields.lenient(String.self, .detail)
    {
      error = ChatError(message: words)
    }
  }
}

extension KeyedDecodingContainer {
  /// The value of `key` where it is there and what it should be, else nil.
  func lenient<Value: Decodable>(_ type: Value.Type, _ key: Key) -> Value? {
    (try? decodeIfPresent(type, forKey: key)) ?? nil
  }
}
