/// The status and the headers of a response.
struct ResponseHead: Sendable {
  let status: Int
  let headers: HTTPHeaders
}

/// Collects header lines, as curl hands them over one by one, into the head of the final response.
struct ResponseHeadParser {
  private var status = 0
  private var headers = HTTPHeaders()
  private var bytes = 0
  private let acceptsSwitching: Bool
  /// The final head, once its empty line was seen. Trailers after the body do not change it.
  private(set) var head: ResponseHead?

  /// Begins; `101 Switching Protocols` is a final response only to an upgrade request.
  init(acceptsSwitching: Bool = false) { self.acceptsSwitching = acceptsSwitching }

  /// Takes one line. Throws once all lines together are over the limit.
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
      // 1xx responses come before the real one (RFC 9110, section 15.2).
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
    // A line end is one Character, so this works on bytes.
    let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D || $0 == 0x0A }
    var bytes = Array(utf8)[...]
    bytes = bytes.drop(while: isSpace)
    while let last = bytes.last, isSpace(last) { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }
}
