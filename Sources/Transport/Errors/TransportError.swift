/// Why an HTTP exchange or a connection failed.
package struct TransportError: Error, Sendable, Equatable {
  /// The kind of failure, to decide by.
  package let code: Code
  /// What exactly happened, for people: host and port, or curl's own words. Never a header, a body or a query.
  package let detail: String

  /// The kinds of failure.
  package enum Code: String, Sendable, CaseIterable {
    /// The URL cannot be used: bad syntax, a scheme other than http or https (ws or wss), or a user name inside.
    case badURL
    /// A header, or the method, holds a character that HTTP does not allow there, such as a line break.
    case badHeader
    /// The host's name has no address.
    case nameNotResolved
    /// The host answered that nothing listens on that port.
    case connectionRefused
    /// The host could not be reached: no route, or no answer.
    case unreachable
    /// TLS could not be set up: no common version or cipher, or the port does not speak TLS.
    case tlsFailed
    /// The server's certificate was not accepted: unknown issuer, wrong name, or expired.
    case certificateRejected
    /// Our own certificate: the server asks for one, does not accept it, or its files cannot be used.
    case clientCertificate
    /// The exchange took longer than its time limit.
    case timedOut
    /// No byte came for as long as the idle limit allows.
    case idle
    /// The answer is larger than its limit.
    case tooLarge
    /// The proxy could not be reached, or refused to connect.
    case proxyFailed
    /// So many files and connections are open that the system allows no more.
    case noDescriptors
    /// The file that is sent could not be read, or the one that is received not written.
    case fileFailed
    /// The connection ended before the answer did.
    case connectionLost
    /// The caller's task was cancelled, or the stream was dropped.
    case cancelled
    /// The peer did not speak HTTP (or WebSocket) as the RFCs say.
    case protocolViolation

    /// Whether it happened before a connection was set up, so that nothing of the request went out.
    package var isBeforeRequest: Bool {
      switch self {
      case .nameNotResolved, .connectionRefused, .unreachable, .tlsFailed, .certificateRejected, .proxyFailed,
        .noDescriptors:
        true
      default: false
      }
    }
  }

  /// Makes an error of a kind.
  package init(_ code: Code, _ detail: String = "") {
    self.code = code
    self.detail = detail
  }
}
