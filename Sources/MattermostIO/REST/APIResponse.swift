import Core
import FoundationEssentials
import Transport

/// An answer of the REST API, judged by its status before anything is believed of its body.
struct APIResponse {
  let response: HTTPResponse
  let place: MattermostError.Place
  let address: WebAddress

  /// The error that the answer is, or nil for a good one.
  var error: MattermostError? {
    if response.status == 400, let words = certificateRefusal {
      return MattermostError(TransportError(.clientCertificate, words), place, address: address)
    }
    let code: MattermostError.Code
    switch response.status {
    case 200...299: return nil
    case 300...399: code = .redirected
    case 400 where place == .socket: code = .upgradeEaten
    case 401: code = .unauthorized
    case 403: code = .forbidden
    case 404: code = .notFound
    case 429: code = .tooManyRequests
    case 500...: code = .serverFailed
    default: code = .rejected
    }
    var error = MattermostError(code, place, address: address.text, status: response.status)
    if let told = try? JSONDecoder().decode(ToldError.self, from: Data(response.body)) {
      error.serverID = Self.line(told.id)
      error.serverMessage = Self.line(told.message)
      error.requestID = Self.line(told.requestID)
    }
    if code == .redirected { error.serverMessage = Self.line(response.headers["Location"].map { "to \($0)" } ?? "") }
    if error.requestID.isEmpty { error.requestID = Self.line(response.headers["X-Request-Id"] ?? "") }
    if code == .tooManyRequests { error.retryAfter = RateLimitHeaders(response).wait }
    return error
  }

  /// What nginx says, after a good handshake, to whom it does not know by a certificate (its statuses 495 and 496, which
  /// it sends as 400).
  private var certificateRefusal: String? {
    let body = String(decoding: response.body.prefix(Limits.refusalBytesRead), as: UTF8.self)
    return ["No required SSL certificate was sent", "The SSL certificate error"].first(where: body.contains)
  }

  /// The body as a value of ours.
  func value<Value: Decodable>(_ type: Value.Type) throws(MattermostError) -> Value {
    if response.body.allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) }) { throw error(.emptyAnswer) }
    do {
      return try WireJSON.decode(type, from: response.body)
    } catch {
      throw unreadable
    }
  }

  /// The error of a good answer whose body is not what was asked for: the fault of a page's, or of Mattermost's itself.
  var unreadable: MattermostError { error(response.isMattermosts ? .unreadable : .notMattermost) }

  func error(_ code: MattermostError.Code) -> MattermostError {
    MattermostError(code, place, address: address.text, status: response.status)
  }

  /// A server's text on one line, cut short.
  private static func line(_ text: String) -> String {
    let line = text.singleLine(atMost: Limits.serverMessageScalarsMax)
    return line.last == "." ? String(line.dropLast()) : line
  }

  private struct ToldError: Decodable {
    var id: String
    var message: String
    var requestID: String

    private enum Key: String, CodingKey {
      case id, message
      case requestID = "request_id"
    }

    init(from decoder: any Decoder) throws {
      let error = try decoder.container(keyedBy: Key.self)
      id = error.text(.id)
      message = error.text(.message)
      requestID = error.text(.requestID)
    }
  }
}

extension HTTPResponse {
  /// Whether the answer bears the marks of Mattermost itself, which no proxy's page does.
  var isMattermosts: Bool { headers["X-Version-Id"] != nil || headers["X-Request-Id"] != nil }
}
