import Vocabulary

/// What an endpoint says went wrong.
///
/// API reference: https://platform.openai.com/docs/guides/error-codes, https://docs.anthropic.com/en/api/errors
struct ChatError: Decodable, Equatable {
  /// In words; may quote what people wrote, or the key.
  var message: String?
  /// For programs, such as `context_length_exceeded`.
  var code: String?
  /// For programs, such as `invalid_request_error`.
  var type: String?

  enum CodingKeys: String, CodingKey {
    case message, code, type
  }

  init(message: String? = nil, code: String? = nil, type: String? = nil) {
    self.message = message
    self.code = code
    self.type = type
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    message = fields.lenient(String.self, .message)
    code = fields.lenient(String.self, .code) ?? fields.lenient(Int.self, .code).map { "\($0)" }
    type = fields.lenient(String.self, .type)
  }

  /// What it means, with the HTTP status it came with; nil within an answer.
  func meaning(status: Int?) -> AgentFailure.Code {
    let names = [code, type].compactMap { $0 }
    if names.contains("context_length_exceeded") { return .tooLong }
    if names.contains("insufficient_quota") { return .quotaUsedUp }
    if names.contains("content_filter") || names.contains("content_policy_violation") { return .filtered }
    if let message, Self.lengthWords.contains(where: message.contains) { return .tooLong }
    switch status ?? code.flatMap(Int.init) {
    case 401: return .unauthorized
    case 402: return .quotaUsedUp
    case 403: return .forbidden
    case 404: return .notFound
    case 413: return .tooLong
    case 429: return .rateLimited
    case let status? where 400..<500 ~= status: return .refused
    default:
      let isRate = names.contains("rate_limit_exceeded") || names.contains("rate_limit_error")
      return isRate ? .rateLimited : .brokenEndpoint
    }
  }

  private static let lengthWords = ["context length", "context window", "prompt is too long"]

  /// What the log may know: the names always; the words only where they are not about what was sent.
  func detail(status: Int?, hiding secret: String?) -> String {
    let names = [type, code].compactMap { $0 }.joined(separator: " ")
    let isAboutInput = [400, 401, 403, 413, 422].contains(status)
    let words = isAboutInput ? "" : message ?? ""
    let all = [status.map { "HTTP \($0)" } ?? "", names, words].filter { !$0.isEmpty }.joined(separator: ", ")
    // The secret goes before the text is cut: the half of a key would not be found, and is still no one's business.
    return all.hiding([secret].compactMap { $0 }).onOneLine(atMost: Limits.detailScalarsMax)
  }
}
