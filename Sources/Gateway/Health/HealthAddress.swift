#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Where the gateway tells how it is: an address of this machine and a port.
package struct HealthAddress: Sendable, Equatable, CustomStringConvertible {
  let host: String
  let port: UInt16

  /// Reads `PORT`, `ADDRESS:PORT` or `[ADDRESS]:PORT`. A port alone is one that only this machine reaches.
  ///
  /// - Throws: what is wrong with it and what to write.
  package init(_ text: String) throws(Problem) {
    let colon = text.lastIndex(of: ":")
    let written = colon.map { String(text[..<$0]) } ?? "127.0.0.1"
    let number = colon.map { text[text.index(after: $0)...] } ?? text[...]
    guard number.allSatisfy({ $0.isASCII && $0.isNumber }), let port = UInt16(number) else {
      throw Problem(description: "the port `\(number)` is none; write 127.0.0.1:8081, or 8081 alone")
    }
    let isBracketed = written.hasPrefix("[") && written.hasSuffix("]")
    host =
      switch written {
      case "localhost": "127.0.0.1"
      default: isBracketed ? String(written.dropFirst().dropLast()) : written
      }
    self.port = port
    guard isBracketed ? Self.isAddress(host, AF_INET6) : Self.isAddress(host, AF_INET) else {
      throw Problem(
        description: "`\(written)` is no address of a machine; write one like 127.0.0.1:8081 or [::1]:8081")
    }
  }

  init(host: String, port: UInt16) {
    self.host = host
    self.port = port
  }

  /// Why a text is no such address.
  package struct Problem: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong and what to write.
    package let description: String
  }

  /// `ADDRESS:PORT`, as in a URL.
  package var description: String { isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)" }

  var isIPv6: Bool { host.contains(":") }

  private static func isAddress(_ text: String, _ family: Int32) -> Bool {
    var bytes = in6_addr()
    return inet_pton(family, text, &bytes) == 1
  }
}
