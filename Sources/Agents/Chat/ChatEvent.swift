/// The contribution of one event to a response, independent of the API.
struct ChatEvent {
  var texts: [UTF16String] = []
  /// Reasoning, if the endpoint separates it from the text.
  var thoughts: [UTF16String] = []
  /// The reason why the model stopped, in the endpoint's word. See `FinishReason`.
  var finishReason: String?
  /// The model that answers, as the endpoint names it, if the event says.
  var model: String?
  /// The tokens read and written so far, or `nil` if the event does not say.
  var inputTokens: Int?
  var outputTokens: Int?
  var error: EndpointError?
  /// True if the endpoint says that the response is complete.
  var isLast = false

  /// True if it contributes nothing.
  var isEmpty: Bool {
    texts.isEmpty && thoughts.isEmpty && finishReason == nil && inputTokens == nil && outputTokens == nil
      && error == nil
  }
}

/// The texts of a `content`, with reasoning separated.
struct ContentParts {
  var texts: [UTF16String] = []
  var thoughts: [UTF16String] = []

  /// Reads a content of any shape: a string, a list of parts, or one part.
  init(_ json: LenientJSON) {
    switch json {
    case .text(let text): texts = [text]
    case .list(let parts):
      for part in parts.map(ContentParts.init) {
        texts += part.texts
        thoughts += part.thoughts
      }
    case .map: read(part: json)
    case .null, .bool, .number: break
    }
  }

  private mutating func read(part: LenientJSON) {
    let type = part["type"]?.nonEmptyString ?? ""
    // The output of a tool is not the model's.
    if type.contains("tool") { return }
    let text = ["text", "content", "value", "refusal"].lazy.compactMap { part[$0] }.first.map(ContentParts.init)
    let thought = ["thinking", "reasoning"].lazy.compactMap { part[$0] }.first.map(ContentParts.init)
    texts = text?.texts ?? []
    thoughts = (text?.thoughts ?? []) + (thought?.texts ?? []) + (thought?.thoughts ?? [])
    guard type.hasPrefix("thinking") || type.hasPrefix("reasoning") else { return }
    thoughts = texts + thoughts
    texts = []
  }
}

/// The reason why a model stopped, by any of the words that endpoints have for it.
enum FinishReason: Equatable {
  /// The response is complete.
  case complete
  /// The model asks for the result of a tool.
  case wantsTools
  /// The response reached its limit of tokens, or was suspended to be continued.
  case limit
  /// The conversation fills the context window.
  case contextFull
  /// The endpoint or the model blocked the rest.
  case filtered
  /// The endpoint aborted the response.
  case aborted
  /// An unknown word, which may mean anything.
  case unknown

  /// Reads a `finish_reason` or `stop_reason`; case does not count.
  init(reason: String) {
    self =
      switch reason.lowercased() {
      case "stop", "end_turn", "stop_sequence", "eos", "eos_token", "stop_token", "end", "end_of_text", "complete",
        "completed", "finished":
        .complete
      case "tool_calls", "function_call", "tool_use", "tool_call": .wantsTools
      case "length", "max_tokens", "max_output_tokens", "max_new_tokens", "max_completion_tokens", "pause_turn",
        "incomplete":
        .limit
      case "model_context_window_exceeded", "model_length", "context_length_exceeded", "context_length": .contextFull
      case "content_filter", "content_filtered", "refusal", "safety", "recitation", "blocklist", "prohibited_content",
        "spii", "guardrail_intervened", "sensitive":
        .filtered
      case "error", "abort", "aborted", "cancelled", "canceled", "timeout", "network_error", "server_error",
        "insufficient_system_resource", "malformed_function_call":
        .aborted
      default: .unknown
      }
  }
}
