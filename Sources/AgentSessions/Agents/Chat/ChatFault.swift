import FoundationEssentials
import Transport

/// What is wrong with an exchange with a chat endpoint: an `AgentFailure` that does not know its agent's name yet.
struct ChatFault: Error, Equatable {
  var code: AgentFailure.Code
  var detail: String
  /// When to ask again, where the endpoint says so.
  var retryAfter: Duration?
}

extension ChatFault {
  /// What a status other than 200 means.
  init(status: Int, body: [UInt8], hiding secret: String?) {
    if let said = (try? JSONDecoder().decode(ChatResponse.self, from: Data(body)))?.error {
      self.init(code: said.meaning(status: status), detail: said.detail(status: status, hiding: secret))
      return
    }
    let meaning = ChatError().meaning(status: status)
    // A page where an endpoint's own error would be JSON: a proxy, a login page, another program's address.
    let isForeign = status < 400 || (meaning == .refused)
    self.init(
      code: isForeign ? .notAnEndpoint : meaning, detail: "HTTP \(status), \(body.count) bytes that are not JSON")
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
      case .tooLarge, .protocolViolation: .notAnEndpoint
      case .noDescriptors: .noDescriptors
      case .connectionLost, .cancelled, .fileFailed: hasBegun ? .cutOff : .unreachable
      }
    self.init(code: code, detail: "\(error.code.rawValue): \(error.detail)")
  }
}
