/// The reason why an HTTP transfer or a connection failed.
package struct TransportError: Error, Sendable, Equatable {
  package let code: Code
  /// Details for people: host and port, or curl's own description. Never a header, a body or a query.
  package let detail: String

  package enum Code: String, Sendable, CaseIterable {
    /// The URL is malformed, contains a user name, or has a scheme other than http or https (ws or wss).
    case badURL
    /// A header or the method contains a character that HTTP does not allow there, such as a line break.
    case badHeader
    /// The name of the host has no address.
    case nameNotResolved
    /// The host refused the connection, because nothing listens on that port.
    case connectionRefused
    /// There is no route to the host, or it did not answer.
    case unreachable
    /// TLS failed: there is no common version or cipher, or the port does not speak TLS.
    case tlsFailed
    /// The certificate of the server was rejected: unknown issuer, wrong name, or expired.
    case certificateRejected
    /// The server requests a client certificate or rejected it, or its files cannot be used.
    case clientCertificate
    /// The transfer took longer than its time limit.
    case timedOut
    /// No byte was received for the time of the idle limit.
    case idle
    /// The response is larger than its limit.
    case tooLarge
    /// The proxy could not be reached, or refused to connect.
    case proxyFailed
    /// The limit of open files and connections is reached.
    case noDescriptors
    /// The file to send could not be read, or the file to receive not written.
    case fileFailed
    /// The connection ended before the response did.
    case connectionLost
    /// The task of the caller was cancelled, or the stream was released.
    case cancelled
    /// The server did not follow HTTP or RFC 6455.
    case protocolViolation

    /// True if the same request may succeed soon.
    package var isTemporary: Bool {
      switch self {
      case .connectionRefused, .unreachable, .timedOut, .idle, .connectionLost, .noDescriptors: true
      default: false
      }
    }

    /// True if it occurs before a connection is set up, so that nothing of the request was sent.
    package var isBeforeRequest: Bool {
      switch self {
      case .nameNotResolved, .connectionRefused, .unreachable, .tlsFailed, .certificateRejected, .proxyFailed,
        .noDescriptors:
        true
      default: false
      }
    }
  }

  package init(_ code: Code, _ detail: String = "") {
    self.code = code
    self.detail = detail
  }
}

// MARK: Text

extension TransportError: CustomStringConvertible {
  /// A fragment of a sentence, such as `the connection was refused (Failed to connect to localhost port 8065)`.
  package var description: String { detail.isEmpty ? code.text : "\(code.text) (\(detail))" }
}

extension TransportError.Code {
  /// The meaning of the code as a fragment of a sentence.
  package var text: String {
    switch self {
    case .badURL: "the URL cannot be used"
    case .badHeader: "a header cannot be sent"
    case .nameNotResolved: "the host's name was not found"
    case .connectionRefused: "the connection was refused: nothing listens on that port"
    case .unreachable: "the host cannot be reached"
    case .tlsFailed: "TLS could not be set up"
    case .certificateRejected: "the server's certificate was not accepted"
    case .clientCertificate: "the client certificate is missing, was not accepted, or cannot be used"
    case .timedOut: "it took too long"
    case .idle: "nothing was received for too long"
    case .tooLarge: "the answer is too large"
    case .proxyFailed: "the proxy could not be used"
    case .connectionLost: "the connection was lost"
    case .noDescriptors: "too many files and connections are open"
    case .fileFailed: "a file could not be read or written"
    case .cancelled: "it was cancelled"
    case .protocolViolation: "the server violated the protocol"
    }
  }
}
