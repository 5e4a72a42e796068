internal import CCurl

/// A complete response.
package struct HTTPResponse: Sendable, Equatable {
  /// The status code. No status is an error, and redirects are not followed.
  package let status: Int
  package let headers: HTTPHeaders
  /// The body, after decoding any `Content-Encoding`.
  package let body: [UInt8]

  package init(status: Int, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}

/// The headers of a response, in the order in which they were received (RFC 9110, section 5).
package struct HTTPHeaders: Sendable, Equatable {
  private var fields: [Field] = []

  private struct Field: Sendable, Equatable {
    let name: String
    var value: String
  }

  /// Creates headers; a name may occur more than once.
  package init(_ fields: [(String, String)] = []) {
    self.fields = fields.map { Field(name: $0.0, value: $0.1) }
  }

  /// The value of the first header with a name, in any case.
  package subscript(name: String) -> String? {
    let wanted = name.lowercased()
    return fields.first { $0.name.lowercased() == wanted }?.value
  }

  package var all: [(name: String, value: String)] { fields.map { ($0.name, $0.value) } }

  /// The `Date` header in seconds since 1970 (UTC), or `nil` if it is missing or invalid.
  package var date: Int? { date(of: "Date") }

  /// Returns the date in a header, in any format of RFC 9110, section 5.6.7.
  ///
  /// - Returns: Seconds since 1970 (UTC), or `nil` if the header is missing or invalid.
  package func date(of name: String) -> Int? {
    guard let text = self[name] else { return nil }
    let seconds = curl_getdate(text, nil)
    return seconds < 0 ? nil : seconds
  }

  fileprivate mutating func append(_ name: String, _ value: String) { fields.append(Field(name: name, value: value)) }

  /// Appends a folded line (RFC 9112, section 5.2) to the value of the last header.
  fileprivate mutating func continueLast(with value: String) {
    guard !fields.isEmpty else { return }
    fields[fields.count - 1].value += " " + value
  }
}

/// The status and the headers of a response.
struct ResponseHead: Sendable {
  let status: Int
  let headers: HTTPHeaders
}

/// Parses header lines, which curl passes on one by one, into the head of the final response.
struct ResponseHeadParser {
  private var status = 0
  private var headers = HTTPHeaders()
  private var bytes = 0
  private let acceptsSwitching: Bool
  /// The head of the final response, after its empty line. Trailers of the body do not change it.
  private(set) var head: ResponseHead?

  /// - Parameter acceptsSwitching: Whether `101 Switching Protocols` is a final response, as it is to an upgrade
  ///   request.
  init(acceptsSwitching: Bool = false) { self.acceptsSwitching = acceptsSwitching }

  /// Parses a line.
  ///
  /// - Throws: `.tooLarge` if all lines together are over the limit.
  mutating func add(_ line: UnsafeRawBufferPointer) throws(TransportError) {
    bytes += line.count
    guard bytes <= Limits.headerBytesMax else {
      throw TransportError(.tooLarge, "the response's headers are over \(Limits.headerBytesMax) bytes")
    }
    guard head == nil else { return }
    let text = String(decoding: line, as: UTF8.self)
    if text.hasPrefix("HTTP/") {
      status = text.split(separator: " ").dropFirst().first.flatMap { Int($0.trimmed) } ?? 0
      headers = HTTPHeaders()
    } else if text.trimmed.isEmpty {
      // 1xx responses precede the final one (RFC 9110, section 15.2).
      if status >= 200 || (status == 101 && acceptsSwitching) { head = ResponseHead(status: status, headers: headers) }
    } else if let first = text.first, first == " " || first == "\t" {
      headers.continueLast(with: text.trimmed)
    } else if let colon = text.firstIndex(of: ":") {
      headers.append(text[..<colon].trimmed, text[text.index(after: colon)...].trimmed)
    }
  }
}

extension StringProtocol {
  /// The text without the white space around it that HTTP allows (RFC 9110, section 5.6.3), and without line ends.
  var trimmed: String {
    // CR LF is a single Character, so this compares bytes.
    let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D || $0 == 0x0A }
    var bytes = Array(utf8)[...]
    bytes = bytes.drop(while: isSpace)
    while let last = bytes.last, isSpace(last) { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }
}
