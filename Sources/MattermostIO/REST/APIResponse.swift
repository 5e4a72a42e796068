import Core
import Transport

/// A response of the REST API. Its status is checked before its body is decoded.
struct APIResponse {
  let response: HTTPResponse
  let operation: MattermostError.Operation
  let address: WebAddress

  /// The error that the response reports, or `nil` for a status of 2xx.
  var error: MattermostError? {
    if response.status == 400, let text = certificateRefusal {
      return MattermostError(TransportError(.clientCertificate, text), operation, address: address)
    }
    let code: MattermostError.Code
    switch response.status {
    case 200...299: return nil
    case 300...399: code = .redirected
    case 400 where operation == .eventSocket: code = .upgradeEaten
    case 401: code = .unauthorized
    case 403: code = .forbidden
    case 404: code = .notFound
    case 429: code = .tooManyRequests
    case 500...: code = .serverFailed
    default: code = .rejected
    }
    var error = error(code)
    if let body = WireJSON(parsing: response.body) {
      error.serverID = Self.line(body["id"].text)
      error.serverMessage = Self.line(body["message"].text)
      error.requestID = Self.line(body["request_id"].text)
    }
    if code == .unauthorized, operation != .eventSocket, error.serverID.isEmpty { error.code = .loginRequired }
    if code == .redirected { error.serverMessage = Self.line(response.headers["Location"].map { "to \($0)" } ?? "") }
    if error.requestID.isEmpty { error.requestID = Self.line(response.headers["X-Request-Id"] ?? "") }
    if code == .tooManyRequests { error.retryAfter = RateLimitHeaders(response).wait }
    return error
  }

  /// The text of nginx's statuses 495 and 496, which it sends as 400 after a completed TLS handshake to a client whose
  /// certificate is missing or wrong.
  private var certificateRefusal: String? {
    let body = String(decoding: response.body.prefix(Limits.refusalBytesRead), as: UTF8.self)
    return ["No required SSL certificate was sent", "The SSL certificate error"].first(where: body.contains)
  }

  /// Decodes the body.
  ///
  /// - Throws: `.emptyAnswer` if there is none; `.unreadable` or `.notMattermost` if it cannot be decoded.
  func decode<Value: WireDecodable>(_ type: Value.Type) throws(MattermostError) -> Value {
    if response.body.allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) }) { throw error(.emptyAnswer) }
    guard let value = WireJSON(parsing: response.body).flatMap(Value.init) else { throw unreadable }
    return value
  }

  /// The error of a response of 2xx whose body is not what was requested: a web page, or a record that cannot be
  /// decoded.
  var unreadable: MattermostError { error(response.isFromMattermost ? .unreadable : .notMattermost) }

  func error(_ code: MattermostError.Code) -> MattermostError {
    MattermostError(code, operation, address: address.text, status: response.status)
  }

  /// The server's version, such as `6.7.0`, which every response has in `X-Version-Id`; empty if a proxy removes it.
  var version: String {
    (response.headers["X-Version-Id"] ?? "").split(separator: ".", omittingEmptySubsequences: false).prefix(3)
      .joined(separator: ".")
  }

  private static func line(_ text: String) -> String {
    let line = text.singleLine(atMost: Limits.serverMessageScalarsMax)
    return line.last == "." ? String(line.dropLast()) : line
  }
}

extension WebAddress {
  /// Returns the URL of a path of the API, version 4, on the server at this address.
  func api(_ path: String) -> String { text + "/api/v4" + path }
}
