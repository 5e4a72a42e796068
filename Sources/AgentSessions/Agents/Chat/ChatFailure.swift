import Transport

/// What is wrong with an exchange with a chat endpoint: an `AgentFailure` that does not know its agent's name yet.
struct ChatFailure: Error, Equatable {
  var code: AgentFailure.Code
  var detail: String
  /// When to ask again, where the endpoint says so.
  var retryAfter: Duration?
}

extension ChatFailure {
  /// What a status other than 200 means.
  init(status: Int, body: [UInt8], hiding secret: String?) {
    let text = String(decoding: body, as: UTF8.self)
    let json = try? LenientJSON(text)
    if let said = json.flatMap({ EndpointError(body: $0) }) {
      self.init(code: said.meaning(status: status), detail: said.detail(status: status, hiding: secret))
      return
    }
    // Some endpoints write their errors as mere text. HTML is a page of another program.
    let words = text.drop(while: \.isWhitespace)
    let isCutJSON = json == nil && (words.first == "{" || words.first == "[")
    let isText = json == nil && !isCutJSON && !words.isEmpty && words.first != "<"
    let error = EndpointError(message: isText ? String(words) : nil)
    let meaning = error.meaning(status: status)
    // A page instead of an endpoint's own error: a proxy, a login page, another program's address.
    let isForeign = status < 400 || (meaning == .refused && !isText && !isCutJSON)
    let form = json == nil ? "that are not JSON" : "of JSON that names no error"
    self.init(
      code: isForeign ? .notAnEndpoint : meaning,
      detail: isText
        ? error.detail(status: status, hiding: secret) : "HTTP \(status), \(body.count) bytes \(form)")
  }

  /// What a failed connection means, before or after the response had begun.
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
