/// How far an exchange came and what it met on the way: for whoever has to say why there is no connection.
package struct ConnectionTrace: Sendable, Equatable {
  /// How far it came.
  package let reached: Stage
  /// The address that was connected to, the proxy's where there is one; empty if none was.
  package let address: String
  /// The variable of the environment that names the proxy; nil where the connection is direct.
  package let proxyVariable: String?
  /// When the server's certificate ends, in seconds since 1970 (UTC); nil where curl does not tell.
  package let certificateEnd: Int?
  /// The variables of the environment that say whose certificates are trusted; none where the system's are.
  package let certificateVariables: [String]
  /// What came of it in the end.
  package let result: Result<HTTPResponse, TransportError>

  /// What a connection goes through, in order.
  package enum Stage: Int, Sendable, Comparable {
    /// Nothing yet.
    case nothing
    /// The host's name, or the proxy's, has an address.
    case resolved
    /// The other end took the connection.
    case connected
    /// TLS is set up, and the certificate accepted.
    case secured

    /// By how far they are.
    package static func < (left: Stage, right: Stage) -> Bool { left.rawValue < right.rawValue }
  }

  /// The variable that a line of curl's own talk names; the rest of it may hold a proxy's password.
  ///
  /// Only curl knows which variable it heeds: it asks `no_proxy` first, and takes `http_proxy` in small letters only.
  static func proxyVariable(in line: String) -> String? {
    let start = "Uses proxy env variable "
    return line.hasPrefix(start) ? String(line.dropFirst(start.count).prefix { $0 != " " }) : nil
  }
}
