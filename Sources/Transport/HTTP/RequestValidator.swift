/// Keeps a caller's text from becoming more header lines than it is (header injection).
enum RequestValidator {
  /// Checks a whole request; returns where it goes.
  static func target(of request: HTTPRequest) throws(TransportError) -> RequestTarget {
    guard isToken(request.method) else { throw TransportError(.badHeader, "the method is no HTTP method") }
    try check(request.headers)
    return try RequestTarget(request.url)
  }

  /// Checks names and values against RFC 9110, sections 5.5 and 5.6.2. The error names the header, never its value.
  static func check(_ headers: [(String, String)]) throws(TransportError) {
    for (name, value) in headers {
      guard isToken(name) else {
        throw TransportError(.badHeader, "a header name is empty or holds a character that HTTP does not allow")
      }
      guard value.utf8.allSatisfy({ $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) }) else {
        throw TransportError(.badHeader, "the value of \(name) holds a line break or another control character")
      }
    }
  }

  /// Whether a text is a token (RFC 9110, section 5.6.2): a method or a header name.
  static func isToken(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
      }
  }
}
