import Core

/// What an endpoint says went wrong.
///
/// API reference: https://platform.openai.com/docs/guides/error-codes, https://docs.anthropic.com/en/api/errors
struct EndpointError: Equatable {
  /// In words; may quote what people wrote, or the key.
  var message: String?
  /// For programs, such as `context_length_exceeded`.
  var code: String?
  /// For programs, such as `invalid_request_error`.
  var type: String?
  /// The key of the request that it is about.
  var param: String?

  /// Returns what it means, with the HTTP status it came with; `nil` within an answer.
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
    // Timeouts and conflicts within the endpoint, which pass as its other troubles do.
    case 408, 409, 425: return .brokenEndpoint
    case 429: return .rateLimited
    case let status? where 400..<500 ~= status: return .refused
    case let status? where status >= 500: return .brokenEndpoint
    default: return Self.meanings.first { names.contains($0.key) }?.value ?? .brokenEndpoint
    }
  }

  /// What names mean that come without a status, within an answer.
  private static let meanings: KeyValuePairs<String, AgentFailure.Code> = [
    "rate_limit_exceeded": .rateLimited, "rate_limit_error": .rateLimited, "too_many_requests": .rateLimited,
    "authentication_error": .unauthorized, "invalid_api_key": .unauthorized, "permission_error": .forbidden,
    "not_found_error": .notFound, "invalid_request_error": .refused, "badrequesterror": .refused,
  ]

  /// Returns what the log may have, on one line: the status, the names and the words.
  func detail(status: Int?, hiding secret: String?) -> String {
    let names = [type, code].compactMap { $0 }.joined(separator: " ")
    let parts = [
      status.map { "HTTP \($0)" } ?? "", names, param.map { "param \($0)" } ?? "", message ?? "",
    ]
    let all = parts.filter { !$0.isEmpty }.joined(separator: ", ")
    // The secret goes before the text is cut: the half of a key would not be found, and is still no one's business.
    return all.redacting([secret].compactMap { $0 }).singleLine(atMost: Limits.detailScalarsMax)
  }
}

extension EndpointError {
  /// What a body that is not an answer says went wrong: an object, or a list of them; `nil` if it says nothing.
  init?(body json: LenientJSON) {
    if let list = json.list {
      guard let first = list.first, first.map != nil else { return nil }
      self.init(body: first)
    } else if let error = EndpointError(in: json) ?? EndpointError(wordsOf: json) {
      self = error
    } else {
      return nil
    }
  }

  /// The error of an object that has one beside whatever else it holds.
  init?(in json: LenientJSON) {
    if let error = EndpointError(atKey: "error", of: json) ?? EndpointError(atKey: "errors", of: json) {
      self = error
    } else {
      return nil
    }
  }

  /// The error at a key; `nil` if there is none, or nothing that is one.
  init?(atKey key: String, of json: LenientJSON) {
    guard let value = json[key] else { return nil }
    switch value {
    case .null, .bool(false), .number(0), .list([]): return nil
    case .text(let text):
      guard !text.units.isEmpty else { return nil }
      self.init(message: text.string, type: json["error_type"]?.words)
    case .list(let values): self.init(describedBy: values[0], in: values)
    case .map: self.init(describedBy: value, in: [value])
    case .bool, .number: self = EndpointError(wordsOf: json) ?? EndpointError()
    }
  }

  /// The error of an object that is one itself, by the words that it has.
  init?(wordsOf json: LenientJSON) {
    guard let message = Self.words(of: json) else { return nil }
    self.init(describedBy: json, in: [json])
    self.message = message
  }

  private init(describedBy json: LenientJSON, in list: [LenientJSON]) {
    self.init(
      message: list.compactMap(Self.words).joined(separator: "; "), code: json["code"]?.name,
      type: ["type", "error_type", "status", "__type"].lazy.compactMap { json[$0]?.words }.first,
      param: json["param"]?.words)
    if message == "" { message = nil }
    // Routers put what the endpoint behind them said beside their own words.
    if let raw = json["metadata"]?["raw"]?.words { message = [message, raw].compactMap { $0 }.joined(separator: ": ") }
  }

  /// The words of an error, whatever its shape; `nil` if it has none. What was sent, which FastAPI's lists hold beside
  /// what is wrong with it, is not among them.
  private static func words(of json: LenientJSON) -> String? {
    if let text = json.words { return text }
    if let list = json.list {
      let all = list.compactMap(words)
      return all.isEmpty ? nil : all.joined(separator: "; ")
    }
    guard let words = ["message", "msg", "detail", "error"].lazy.compactMap({ json[$0].flatMap(Self.words) }).first
    else { return nil }
    let place = json["loc"]?.list?.compactMap(\.name).joined(separator: ".") ?? ""
    return place.isEmpty ? words : "\(place): \(words)"
  }
}
