import Core

/// An error as an endpoint reports it.
///
/// API reference: https://platform.openai.com/docs/guides/error-codes, https://docs.anthropic.com/en/api/errors
struct EndpointError: Equatable {
  /// For people. May quote the conversation, or the API key.
  var message: String?
  /// For programs, such as `context_length_exceeded`.
  var code: String?
  /// For programs, such as `invalid_request_error`.
  var type: String?
  /// The key of the request that is wrong.
  var param: String?

  /// Returns the meaning of the error.
  ///
  /// - Parameter status: the HTTP status, or `nil` within a response.
  func meaning(status: Int?) -> AgentFailure.Code {
    let names = Set([code, type].compactMap { $0?.lowercased() })
    let status = status ?? code.flatMap(Int.init)
    if isTooLong(names, status: status) { return .tooLong }
    if names.contains("insufficient_quota") { return .quotaUsedUp }
    if !names.isDisjoint(with: ["content_filter", "content_policy_violation"]) { return .filtered }
    if !names.isDisjoint(with: ["model_not_found", "invalid_model", "deploymentnotfound"]) { return .notFound }
    switch status {
    case 401: return .unauthorized
    case 402: return .quotaUsedUp
    case 403: return .forbidden
    case 404: return .notFound
    // Timeouts and conflicts within the endpoint are temporary, as its other errors are.
    case 408, 409, 425: return .brokenEndpoint
    case 429: return .rateLimited
    case let status? where 400..<500 ~= status: return .refused
    case let status? where status >= 500: return .brokenEndpoint
    default: return Self.meanings.first { names.contains($0.key) }?.value ?? .brokenEndpoint
    }
  }

  /// The meaning of names that come without a status, within a response.
  private static let meanings: KeyValuePairs<String, AgentFailure.Code> = [
    "rate_limit_exceeded": .rateLimited, "rate_limit_error": .rateLimited, "too_many_requests": .rateLimited,
    "authentication_error": .unauthorized, "invalid_api_key": .unauthorized, "permission_error": .forbidden,
    "not_found_error": .notFound, "invalid_request_error": .refused, "badrequesterror": .refused,
  ]

  /// Returns the status, the names and the message for the log, on one line.
  func detail(status: Int?, hiding secret: String?) -> String {
    let names = [type, code].compactMap { $0 }.joined(separator: " ")
    let parts = [
      status.map { "HTTP \($0)" } ?? "", names, param.map { "param \($0)" } ?? "", message ?? "",
    ]
    let all = parts.filter { !$0.isEmpty }.joined(separator: ", ")
    // Redacted before it is cut: half of a key would not be found.
    return all.redacting([secret].compactMap { $0 }).singleLine(atMost: Limits.detailScalarsMax)
  }
}

extension EndpointError {
  /// Reads the body of an error response, an object or a list of them; `nil` if it reports no error.
  init?(body json: LenientJSON) {
    if let list = json.list {
      guard let first = list.first, first.map != nil else { return nil }
      self.init(body: first)
    } else if let error = EndpointError(in: json) ?? EndpointError(messageOf: json) {
      self = error
    } else {
      return nil
    }
  }

  /// Reads the error in an object that may hold other members, too.
  init?(in json: LenientJSON) {
    if let error = EndpointError(atKey: "error", of: json) ?? EndpointError(atKey: "errors", of: json) {
      self = error
    } else {
      return nil
    }
  }

  /// Reads the error at a key; `nil` if there is none.
  init?(atKey key: String, of json: LenientJSON) {
    guard let value = json[key] else { return nil }
    switch value {
    case .null, .bool(false), .number(0), .list([]): return nil
    case .text(let text):
      guard !text.units.isEmpty else { return nil }
      self.init(message: text.string, type: json["error_type"]?.nonEmptyString)
    case .list(let values): self.init(describedBy: values[0], in: values)
    case .map: self.init(describedBy: value, in: [value])
    case .bool, .number: self = EndpointError(messageOf: json) ?? EndpointError()
    }
  }

  /// Reads an object that is an error itself; `nil` if it has no message.
  init?(messageOf json: LenientJSON) {
    guard let message = Self.message(of: json) else { return nil }
    self.init(describedBy: json, in: [json])
    self.message = message
  }

  private init(describedBy json: LenientJSON, in list: [LenientJSON]) {
    self.init(
      message: list.compactMap(Self.message).joined(separator: "; "), code: json["code"]?.stringOrNumber,
      type: ["type", "error_type", "status", "__type"].lazy.compactMap { json[$0]?.nonEmptyString }.first,
      param: json["param"]?.nonEmptyString)
    if message == "" { message = nil }
    // Routers add the message of the upstream endpoint.
    if let raw = json["metadata"]?["raw"]?.nonEmptyString {
      message = [message, raw].compactMap { $0 }.joined(separator: ": ")
    }
  }

  /// Returns the message of an error of any shape, or `nil`. The request, which FastAPI's lists repeat, is not part of
  /// it.
  private static func message(of json: LenientJSON) -> String? {
    if let text = json.nonEmptyString { return text }
    if let list = json.list {
      let all = list.compactMap(message)
      return all.isEmpty ? nil : all.joined(separator: "; ")
    }
    guard let message = ["message", "msg", "detail", "error"].lazy.compactMap({ json[$0].flatMap(Self.message) }).first
    else { return nil }
    let location = json["loc"]?.list?.compactMap(\.stringOrNumber).joined(separator: ".") ?? ""
    return location.isEmpty ? message : "\(location): \(message)"
  }
}

extension EndpointError {
  /// Returns whether the request exceeds the model's context window.
  func isTooLong(_ names: Set<String>, status: Int?) -> Bool {
    if status == 413 { return true }
    // Quotas, rates and rights are not about length, whatever the message says.
    if let status, [401, 402, 403, 404, 429].contains(status) { return false }
    // Texts outside of the conversation, such as the name of a user, may be too long as well.
    if let param, names.contains("string_above_max_length"), !param.hasPrefix("messages"), !param.hasPrefix("input") {
      return false
    }
    if names.contains(where: { name in Self.tooLongNames.contains(where: name.contains) }) { return true }
    guard let message, names.isDisjoint(with: ["rate_limit_exceeded", "rate_limit_error"]) else { return false }
    let words = String(message.unicodeScalars.prefix(Limits.errorWordsMax)).lowercased()
    if let (maxTokens, window) = words.maxTokensAndWindow { return maxTokens < window }
    return !Self.otherLimits.contains { words.containsInOrder($0) }
      && Self.tooLongWords.contains { words.containsInOrder($0) }
  }

  /// Parts of codes and types, in lower case.
  private static let tooLongNames = [
    "context_length_exceeded", "context_window_exceeded", "contextwindowexceeded", "exceed_context_size",
    "string_above_max_length", "request_too_large", "prompt_too_long", "input_too_long", "tokens_limit_reached",
  ]

  /// Parts of messages in lower case, each list in the order of its parts.
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

  /// Messages about other limits that mention the same words: a rate, or an excessive `max_tokens`.
  private static let otherLimits: [[String]] = [
    ["tokens per "], ["rate limit"], ["max_tokens", "too large"], ["max_completion_tokens", "too large"],
    ["max_new_tokens", "too large"],
  ]
}

extension String {
  /// Returns whether the text contains the parts one after another.
  fileprivate func containsInOrder(_ parts: [String]) -> Bool { rest(after: parts) != nil }

  /// Returns the text after the last of the parts, or `nil` if it does not contain them in order.
  private func rest(after parts: [String]) -> Substring.UTF8View? {
    var rest = Substring(self).utf8
    for part in parts {
      guard let found = rest.firstRange(of: part.utf8) else { return nil }
      rest = rest[found.upperBound...]
    }
    return rest
  }

  /// The numbers in vLLM's message that `max_tokens` does not fit into the context window beside the conversation: if
  /// `max_tokens` alone would fit, the conversation is too long.
  fileprivate var maxTokensAndWindow: (maxTokens: Int, window: Int)? {
    guard let maxTokens = rest(after: ["tokens", "is too large: "])?.number,
      let window = rest(after: ["is too large: ", "maximum context length is "])?.number,
      containsInOrder(["is too large: ", " input tokens"])
    else { return nil }
    return (maxTokens, window)
  }
}

extension Substring.UTF8View {
  /// The number at the beginning.
  fileprivate var number: Int? {
    Int(String(decoding: prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }, as: UTF8.self))
  }
}
