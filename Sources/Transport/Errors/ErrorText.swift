// The one place where this room's failures become words.

extension TransportError: CustomStringConvertible {
  /// What happened, as a fragment of a sentence: `connection refused (Failed to connect to localhost port 8065)`.
  package var description: String { detail.isEmpty ? code.text : "\(code.text) (\(detail))" }
}

extension TransportError.Code {
  /// What the code means, as a fragment of a sentence.
  package var text: String {
    switch self {
    case .badURL: "the URL cannot be used"
    case .badHeader: "a header cannot be sent"
    case .nameNotResolved: "the host's name was not found"
    case .connectionRefused: "the connection was refused: nothing listens on that port"
    case .unreachable: "the host cannot be reached"
    case .tlsFailed: "TLS could not be set up"
    case .certificateRejected: "the server's certificate was not accepted"
    case .clientCertificate: "our own certificate was asked for or not accepted, or cannot be used"
    case .timedOut: "it took too long"
    case .idle: "no byte came for too long"
    case .tooLarge: "the answer is too large"
    case .proxyFailed: "the proxy could not be used"
    case .connectionLost: "the connection was lost"
    case .noDescriptors: "too many files and connections are open already"
    case .fileFailed: "a file could not be read or written"
    case .cancelled: "it was cancelled"
    case .protocolViolation: "the server broke the protocol"
    }
  }
}

extension WebSocketError: CustomStringConvertible {
  /// What happened, as a fragment of a sentence. Shows the start of a refusal's body: a server or a proxy wrote it.
  package var description: String {
    switch self {
    case .refused(let status, _, let body):
      body.isEmpty
        ? "the server refused the WebSocket with status \(status)"
        : "the server refused the WebSocket with status \(status): \(body.prefix(200).singleLine)"
    case .transport(let error): error.description
    case .closed(let code?, let reason):
      reason.isEmpty
        ? "the WebSocket was closed with code \(code)"
        : "the WebSocket was closed with code \(code): \(reason.singleLine)"
    case .closed(nil, let reason):
      reason.isEmpty ? "the WebSocket was closed" : "the WebSocket was closed: \(reason.singleLine)"
    case .messageTooLarge: "the server sent a message over \(Limits.messageBytesMax) bytes"
    case .invalidUTF8: "the server sent a text message that is not UTF-8"
    case .badHandshake(let fault): "the WebSocket handshake failed: \(fault)"
    }
  }
}

extension StringProtocol {
  /// A peer's words, without what could pass for a line of a log or move a terminal's cursor.
  fileprivate var singleLine: String {
    String(String.UnicodeScalarView(unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
      .trimmed
  }
}
