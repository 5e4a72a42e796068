#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The address and port of the listener for monitoring.
package struct ListenAddress: Sendable, Equatable, CustomStringConvertible {
  let host: String
  let port: UInt16

  /// Parses `PORT`, `ADDRESS:PORT` or `[ADDRESS]:PORT`. A port alone listens on the loopback address.
  package init(_ text: String) throws(ParseError) {
    let colon = text.lastIndex(of: ":")
    let written = colon.map { String(text[..<$0]) } ?? "127.0.0.1"
    let number = colon.map { text[text.index(after: $0)...] } ?? text[...]
    guard number.allSatisfy({ $0.isASCII && $0.isNumber }), let port = UInt16(number) else {
      throw ParseError(problem: "`\(number)` is not a port", remedy: "use 8081 or 127.0.0.1:8081")
    }
    let isBracketed = written.hasPrefix("[") && written.hasSuffix("]")
    host =
      switch written {
      case "localhost": "127.0.0.1"
      default: isBracketed ? String(written.dropFirst().dropLast()) : written
      }
    self.port = port
    guard isBracketed ? Self.isAddress(host, AF_INET6) : Self.isAddress(host, AF_INET) else {
      throw ParseError(
        problem: "`\(written)` is not an IP address", remedy: "use one like 127.0.0.1:8081 or [::1]:8081")
    }
  }

  init(host: String, port: UInt16) {
    self.host = host
    self.port = port
  }

  /// A text that is not an address.
  package struct ParseError: Error, Sendable, Equatable, CustomStringConvertible {
    package let problem: String
    /// What to write instead.
    package let remedy: String

    package var description: String { "\(problem); \(remedy)" }
  }

  /// `ADDRESS:PORT`, as in a URL.
  package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

  private static func isAddress(_ text: String, _ family: Int32) -> Bool {
    var bytes = in6_addr()
    return inet_pton(family, text, &bytes) == 1
  }
}
