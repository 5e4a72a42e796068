extension EndpointError {
  /// Returns whether the endpoint says that it was asked with more than its model can read.
  func isTooLong(_ names: Set<String>, status: Int?) -> Bool {
    if status == 413 { return true }
    // A quota, a rate or a right is not a matter of length, whatever the words.
    if let status, [401, 402, 403, 404, 429].contains(status) { return false }
    // A text that is none of the conversation, such as the name of a user, may be too long as well.
    if let param, names.contains("string_above_max_length"), !param.hasPrefix("messages"), !param.hasPrefix("input") {
      return false
    }
    if names.contains(where: { name in Self.tooLongNames.contains(where: name.contains) }) { return true }
    guard let message, names.isDisjoint(with: ["rate_limit_exceeded", "rate_limit_error"]) else { return false }
    let words = String(message.unicodeScalars.prefix(Limits.errorWordsMax)).lowercased()
    if let (most, window) = words.answerAndWindow { return most < window }
    return !Self.otherLimits.contains { words.holds($0) } && Self.tooLongWords.contains { words.holds($0) }
  }

  /// Parts of names for programs, in lower case.
  private static let tooLongNames = [
    "context_length_exceeded", "context_window_exceeded", "contextwindowexceeded", "exceed_context_size",
    "string_above_max_length", "request_too_large", "prompt_too_long", "input_too_long", "tokens_limit_reached",
  ]

  /// What endpoints write, in lower case, as parts that follow each other.
  private static let tooLongWords: [[String]] = [
    // OpenAI, Azure, DeepSeek, OpenRouter, vLLM, Mistral, Fireworks
    ["maximum context length"], ["exceed", "context window"], ["exceed", "context length"], ["context length exceeded"],
    ["context window exceeded"], ["context_length_exceeded"], ["reduce the length of the messages"],
    ["reduce the length of the input"], ["string too long", "maximum length"],
    // vLLM and SGLang
    ["longer than the maximum model length"], ["longer than the model's context length"],
    ["model's context length is only"], ["max_tokens must be at least 1, got -"], ["too long to fit into the model"],
    ["is too long and exceeds limit"],
    ["input length", "exceeds the maximum allowed length"],
    // Anthropic
    ["prompt is too long"], ["input length and", "exceed context limit"],
    // Bedrock
    ["input is too long"], ["too many input tokens"],
    // Gemini
    ["input token count", "exceeds the maximum"],
    // Text Generation Inference, Together
    ["`inputs` tokens + `max_new_tokens` must be <="], ["`inputs` must have less than"],
    // llama.cpp and what is built on it: Ollama, LM Studio
    ["exceeds the available context size"], ["context size has been exceeded"], ["exceed_context_size_error"],
    ["prompt too long"], ["greater than the context length"], ["with context length of only"],
    ["cannot truncate prompt"], ["reached context length of"],
    // litellm, around all of them
    ["contextwindowexceedederror"],
    // xAI, Moonshot, MiniMax, Qwen, GLM, Copilot, Cohere
    ["maximum prompt length is"], ["exceeded model token limit"], ["context window exceeds limit"],
    ["range of input length should be"], ["prompt exceeds max length"], ["prompt token count", "exceeds the limit of"],
    ["too many tokens", "in the prompt"], ["tokens in request more than max tokens allowed"],
  ]

  /// Limits of another kind, which name the same things: a rate, or a `max_tokens` that no model writes.
  private static let otherLimits: [[String]] = [
    ["tokens per "], ["rate limit"], ["max_tokens", "too large"], ["max_completion_tokens", "too large"],
    ["max_new_tokens", "too large"],
  ]
}

extension String {
  /// Returns whether the parts stand in this text, one after the other.
  fileprivate func holds(_ parts: [String]) -> Bool { rest(behind: parts) != nil }

  /// What stands behind the last of the parts, which follow each other; `nil` if one of them does not stand there.
  private func rest(behind parts: [String]) -> Substring.UTF8View? {
    var rest = Substring(self).utf8
    for part in parts {
      guard let found = rest.firstRange(of: part.utf8) else { return nil }
      rest = rest[found.upperBound...]
    }
    return rest
  }

  /// What vLLM says if the answer's `max_tokens` do not fit beside the question: the two numbers tell whether they ever
  /// could, so that it is the conversation that is too long.
  fileprivate var answerAndWindow: (most: Int, window: Int)? {
    guard let most = rest(behind: ["tokens", "is too large: "])?.number,
      let window = rest(behind: ["is too large: ", "maximum context length is "])?.number,
      holds(["is too large: ", " input tokens"])
    else { return nil }
    return (most, window)
  }
}

extension Substring.UTF8View {
  /// The number that this begins with.
  fileprivate var number: Int? {
    Int(String(decoding: prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }, as: UTF8.self))
  }
}
