import Transport

/// An `AgentFailure` without its agent's name, whose details are not redacted yet.
struct ChatFailure: Error, Equatable {
  var code: AgentFailure.Code
  var detail: String
  /// The delay before the next attempt that the endpoint asks for.
  var retryAfter: Duration?
}

extension ChatFailure {
  /// Creates the failure for a status other than 200.
  init(status: Int, body: [UInt8], hiding secret: String?) {
    let text = String(decoding: body, as: UTF8.self)
    let json = try? LenientJSON(text)
    if let error = json.flatMap({ EndpointError(body: $0) }) {
      self.init(code: error.meaning(status: status), detail: error.detail(status: status, hiding: secret))
      return
    }
    // Some endpoints send errors as plain text. HTML is a page of another program.
    let words = text.drop(while: \.isWhitespace)
    let isCutJSON = json == nil && (words.first == "{" || words.first == "[")
    let isText = json == nil && !isCutJSON && !words.isEmpty && words.first != "<"
    let error = EndpointError(message: isText ? String(words) : nil)
    let meaning = error.meaning(status: status)
    // A page in place of an endpoint's error comes from a proxy, a login or another program.
    let isForeign = status < 400 || (meaning == .refused && !isText && !isCutJSON)
    let form = json == nil ? "that are not JSON" : "of JSON that names no error"
    self.init(
      code: isForeign ? .notAnEndpoint : meaning,
      detail: isText
        ? error.detail(status: status, hiding: secret) : "HTTP \(status), \(body.count) bytes \(form)")
  }

  /// Creates the failure for a failed connection.
  ///
  /// - Parameter hasBegun: whether the response had begun.
  init(_ error: TransportError, hasBegun: Bool) {
    let code: AgentFailure.Code =
      switch error.code {
      case .badURL, .badHeader: .badAddress
      case .nameNotResolved, .connectionRefused, .unreachable, .proxyFailed: .unreachable
      case .tlsFailed, .certificateRejected, .clientCertificate: .notTrusted
      case .timedOut: .tookTooLong
      case .idle: .silent
      case .tooLarge: .tooMuch
      case .protocolViolation: .notAnEndpoint
      case .noDescriptors: .noDescriptors
      case .connectionLost, .cancelled, .fileFailed: hasBegun ? .cutOff : .unreachable
      }
    self.init(code: code, detail: "\(error.code.rawValue): \(error.detail)")
  }
}
