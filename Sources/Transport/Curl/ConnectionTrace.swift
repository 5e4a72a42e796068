/// The progress of a connection and its settings, to diagnose why it failed.
package struct ConnectionTrace: Sendable, Equatable {
  /// The last stage that was completed.
  package let reached: Stage
  /// The IP address of the server, or of the proxy if there is one; empty if there was no connection.
  package let address: String
  /// The environment variable that names the proxy, or `nil` if the connection is direct.
  package let proxyVariable: String?
  /// The expiry of the server's certificate in seconds since 1970 (UTC), or `nil` if curl does not report it.
  package let certificateExpiry: Int?
  /// The environment variables that set the trusted certificates; empty if the system's are trusted.
  package let certificateVariables: [String]
  package let result: Result<HTTPResponse, TransportError>

  /// The stages of a connection, in order.
  package enum Stage: Int, Sendable, Comparable {
    case nothing
    /// The name of the host, or of the proxy, has an address.
    case resolved
    /// The TCP connection is open.
    case connected
    /// TLS is set up, and the certificate is accepted.
    case secured

    package static func < (left: Stage, right: Stage) -> Bool { left.rawValue < right.rawValue }
  }

  /// Returns the environment variable that a log line of curl names; the rest of the line may contain a proxy's
  /// password.
  ///
  /// Only curl knows which variable applies: it checks `no_proxy` first, and reads `http_proxy` in lower case only.
  static func proxyVariable(in line: String) -> String? {
    let start = "Uses proxy env variable "
    return line.hasPrefix(start) ? String(line.dropFirst(start.count).prefix { $0 != " " }) : nil
  }
}

extension ConnectionTrace {
  /// Creates the trace of a request that was not sent.
  init(failure: TransportError, _ settings: ConnectionSettings) {
    self.init(
      reached: .nothing, address: "", proxyVariable: nil, certificateExpiry: nil,
      certificateVariables: settings.certificateVariables, result: .failure(failure))
  }

  /// The stage that a transfer with this result reached at least: if TLS fails, curl does not report that it connected.
  static func reached(_ result: Result<HTTPResponse, TransportError>) -> Stage {
    switch result {
    case .failure(let error) where [.tlsFailed, .certificateRejected, .clientCertificate].contains(error.code):
      .connected
    default: .nothing
    }
  }
}
