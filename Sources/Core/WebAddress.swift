/// An http or https URL with a host, an optional port and an optional path (RFC 3986). It has no query but parameters
/// that are allowed by name.
package struct WebAddress: Sendable, Equatable, CustomStringConvertible {
  /// The URL with its scheme in lower case, without slashes at the end of its path.
  package let text: String

  package var description: String { text }

  /// Parses a URL.
  ///
  /// - Parameter parameters: the names that its query may have. Any other parameter could be a secret.
  /// - Throws: `Problem`, which quotes nothing of the URL.
  package init(_ written: String, parameters: Set<String> = []) throws(Problem) {
    guard let scheme = ["http://", "https://"].first(where: { written.lowercased().hasPrefix($0) }) else {
      throw .scheme
    }
    guard written.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !#"\"<>^`{|}"#.utf8.contains($0) }) else {
      throw .character
    }
    var rest = written.dropFirst(scheme.count)
    var query: Substring = ""
    if let mark = rest.firstIndex(of: "?"), Self.isQuery(rest[mark...].dropFirst(), of: parameters) {
      (rest, query) = (rest[..<mark], rest[mark...])
    }
    while rest.last == "/" { rest.removeLast() }
    if rest.contains("?") || rest.contains("#") { throw .query }
    let authority = rest.prefix { $0 != "/" }
    if authority.contains("@") { throw .userInfo }
    try Self.check(authority)
    text = scheme + rest + query
  }

  private static func isQuery(_ text: Substring, of parameters: Set<String>) -> Bool {
    text.split(separator: "&", omittingEmptySubsequences: false).allSatisfy { parameter in
      let parts = parameter.split(separator: "=", maxSplits: 1)
      return parts.count == 2 && parameters.contains(String(parts[0])) && !parts[1].contains { "#?".contains($0) }
    }
  }

  private static func check(_ authority: Substring) throws(Problem) {
    let host: Substring
    if authority.first == "[" {
      guard let end = authority.firstIndex(of: "]") else { throw .host }
      host = authority[...end]
      guard host.count > 2, host.dropFirst().dropLast().allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else {
        throw .host
      }
    } else {
      host = authority.prefix { $0 != ":" }
      guard !host.isEmpty, host.allSatisfy({ $0.isLetter || $0.isNumber || "-._".contains($0) }) else { throw .host }
    }
    let port = authority.dropFirst(host.count)
    if port.isEmpty { return }
    guard port.first == ":", port.dropFirst().allSatisfy(\.isNumber), let number = Int(port.dropFirst()),
      (1...65_535).contains(number)
    else { throw .port }
  }

  /// The reason why a text is not accepted as an address. It quotes nothing, since the text may contain a password.
  package enum Problem: Error, Sendable, CustomStringConvertible {
    case scheme
    /// A character has to be percent-encoded.
    case character
    case query
    case userInfo
    case host
    case port

    /// The end of a sentence that begins with the address or its key.
    package var description: String {
      switch self {
      case .scheme: "must begin with http:// or https://"
      case .character: "contains a space or another character that an address cannot contain"
      case .query: "must end before the `?` or `#`"
      case .userInfo: "must not contain a user name or a password"
      case .host: "has no host"
      case .port: "has a port that is not a number from 1 to 65535"
      }
    }
  }
}
