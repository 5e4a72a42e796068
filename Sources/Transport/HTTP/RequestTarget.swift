internal import CCurl

/// A validated URL and its parts. It is parsed by curl's own parser, so that both read it alike.
struct RequestTarget: Sendable {
  /// The URL to connect to: `http` or `https`, without a fragment.
  let url: String
  /// A name, an IPv4 address, or an IPv6 address in brackets.
  let host: String
  /// The host, and the port if the URL has one: the value of the `Host` header (RFC 9110, section 7.2).
  let authority: String
  /// The path and the query, as in the request line (RFC 9112, section 3.2.1).
  let pathAndQuery: String

  /// Validates and parses a URL.
  ///
  /// - Parameter webSocket: Whether `ws` and `wss` are accepted, as `http` and `https`.
  /// - Throws: `.badURL` for a URL with another scheme, a space, a control character, a user name or no host.
  init(_ text: String, webSocket: Bool = false) throws(TransportError) {
    guard text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
      throw TransportError(.badURL, "the URL contains a space or a control character")
    }
    // curl ignores a third slash and reads the path as the host.
    guard let separator = text.firstRange(of: "://"), text[separator.upperBound...].first != "/" else {
      throw TransportError(.badURL, "the URL does not begin with http:// or https://")
    }
    let scheme: String
    switch (text[..<separator.lowerBound].lowercased(), webSocket) {
    case ("http", _), ("ws", true): scheme = "http"
    case ("https", _), ("wss", true): scheme = "https"
    default: throw TransportError(.badURL, "the URL does not begin with http:// or https://")
    }

    guard let parser = curl_url() else { throw TransportError(.badURL, "out of memory") }
    defer { curl_url_cleanup(parser) }
    let code = curl_url_set(parser, CURLUPART_URL, scheme + text[separator.lowerBound...], 0)
    guard code == CURLUE_OK, curl_url_set(parser, CURLUPART_FRAGMENT, nil, 0) == CURLUE_OK else {
      throw TransportError(.badURL, code == CURLUE_OK ? "" : String(cString: curl_url_strerror(code)))
    }
    func part(_ part: CURLUPart, flags: UInt32 = 0) -> String? {
      var value: UnsafeMutablePointer<CChar>?
      guard curl_url_get(parser, part, &value, flags) == CURLUE_OK, let value else { return nil }
      defer { curl_free(value) }
      return String(cString: value)
    }
    guard part(CURLUPART_USER) == nil, part(CURLUPART_PASSWORD) == nil else {
      throw TransportError(.badURL, "the URL contains a user name or a password; send them in a header")
    }
    guard let url = part(CURLUPART_URL), let host = part(CURLUPART_HOST, flags: UInt32(CURLU_PUNYCODE)) else {
      throw TransportError(.badURL, "the URL has no host, or one that is not a valid name")
    }
    self.url = url
    self.host = host
    authority = part(CURLUPART_PORT).map { "\(host):\($0)" } ?? host
    let path = part(CURLUPART_PATH) ?? "/"
    pathAndQuery = part(CURLUPART_QUERY).map { "\(path)?\($0)" } ?? path
  }

  /// True if the host is this machine. Requests to it never use a proxy, because a proxy's loopback is another machine.
  var isLoopback: Bool {
    let name = host.lowercased()
    let isIPv4 = name.utf8.allSatisfy {
      $0 == UInt8(ascii: ".") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
    }
    return name == "localhost" || name.hasSuffix(".localhost") || name == "[::1]" || (isIPv4 && name.hasPrefix("127."))
  }
}
