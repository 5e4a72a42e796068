internal import Crypto
internal import FoundationEssentials

/// The request that turns an HTTP connection into a WebSocket (RFC 6455, section 4.1).
package struct UpgradeRequest: Sendable {
  /// The request line and the headers, as they are sent.
  let bytes: [UInt8]
  /// The value that the response must have in `Sec-WebSocket-Accept`.
  let accept: String
  /// True if the caller asked for a subprotocol; if not, the server must not choose one.
  let offersProtocol: Bool

  /// Writes the request. The caller has validated the headers.
  init(to target: RequestTarget, headers: [(String, String)], key: [UInt8] = randomBytes(16)) {
    let key = Data(key).base64EncodedString()
    accept = Self.accept(for: key)
    let names = Set(headers.map { $0.0.lowercased() })
    offersProtocol = names.contains("sec-websocket-protocol")
    var lines = ["GET \(target.pathAndQuery) HTTP/1.1"]
    if !names.contains("host") { lines.append("Host: \(target.authority)") }
    if !names.contains("user-agent") { lines.append("User-Agent: \(UserAgent.text)") }
    lines += ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: \(key)"]
    lines += headers.map { "\($0): \($1)" }
    bytes = Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
  }

  /// Returns the proof that a server has read the key (RFC 6455, section 4.2.2, item 5.4).
  package static func accept(for key: String) -> String {
    let digest = Insecure.SHA1.hash(data: Data((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))
    return Data(digest).base64EncodedString()
  }
}

/// Returns bytes of the system's cryptographic random number generator.
func randomBytes(_ count: Int) -> [UInt8] {
  var generator = SystemRandomNumberGenerator()
  return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
}

/// Parses the response to an upgrade request, in pieces of any size (RFC 6455, section 4.1).
struct UpgradeResponseParser {
  enum Progress {
    /// The response is incomplete.
    case reading
    /// The connection is a WebSocket; `rest` arrived after the response and is its first data.
    case accepted(rest: [UInt8])
    case failed(WebSocketError)
  }

  private let request: UpgradeRequest
  private var received: [UInt8] = []
  private var scanned = 0
  /// The head of a response other than 101, and the offset of its body, which is still being read.
  private(set) var refusal: (head: ResponseHead, bodyStart: Int)?

  init(_ request: UpgradeRequest) { self.request = request }

  /// Parses the next bytes.
  mutating func add(_ bytes: some Sequence<UInt8>) -> Progress {
    received += bytes
    if let refusal { return progress(of: refusal) }
    guard received.prefix(5).elementsEqual("HTTP/".utf8.prefix(received.count)) else {
      return .failed(.badHandshake("the server does not speak HTTP"))
    }
    guard let bodyStart = findBody() else {
      guard received.count <= Limits.headerBytesMax else {
        return .failed(.badHandshake("the response's headers are over \(Limits.headerBytesMax) bytes"))
      }
      return .reading
    }
    guard let head = Self.head(of: received[..<bodyStart]) else {
      return .failed(.badHandshake("the response to the upgrade has no status"))
    }
    guard head.status == 101 else {
      refusal = (head, bodyStart)
      return progress(of: (head, bodyStart))
    }
    if let fault = fault(in: head.headers) { return .failed(.badHandshake(fault)) }
    return .accepted(rest: Array(received[bodyStart...]))
  }

  /// Returns the error if no more bytes arrive: the refusal, if its head was read, or else `reason`.
  func end(_ reason: WebSocketError) -> WebSocketError {
    refusal.map(refused) ?? reason
  }

  // MARK: Head

  private mutating func findBody() -> Int? {
    while scanned + 4 <= received.count {
      if received[scanned..<scanned + 4].elementsEqual("\r\n\r\n".utf8) { return scanned + 4 }
      scanned += 1
    }
    return nil
  }

  private static func head(of bytes: ArraySlice<UInt8>) -> ResponseHead? {
    var parser = ResponseHeadParser(acceptsSwitching: true)
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      let added: Void? = line.withUnsafeBytes { try? parser.add($0) }
      if added == nil || parser.head != nil { break }
    }
    return parser.head
  }

  private func fault(in headers: HTTPHeaders) -> String? {
    if headers["Upgrade"]?.lowercased() != "websocket" {
      "the response lacks `Upgrade: websocket`; a proxy may have removed it"
    } else if !Self.tokens(of: headers["Connection"]).contains("upgrade") {
      "the response lacks `Connection: Upgrade`; a proxy may have removed it"
    } else if headers["Sec-WebSocket-Accept"] != request.accept {
      "Sec-WebSocket-Accept of the response does not match the key of the request"
    } else if !Self.tokens(of: headers["Sec-WebSocket-Extensions"]).isEmpty {
      "the server chose an extension that was not offered"
    } else if headers["Sec-WebSocket-Protocol"] != nil, !request.offersProtocol {
      "the server chose a subprotocol that was not offered"
    } else {
      nil
    }
  }

  private static func tokens(of value: String?) -> [String] {
    (value ?? "").split(separator: ",").map { $0.trimmed.lowercased() }.filter { !$0.isEmpty }
  }

  // MARK: Body of a refusal

  private func progress(of refusal: (head: ResponseHead, bodyStart: Int)) -> Progress {
    let body = received[refusal.bodyStart...]
    let isComplete =
      if body.count >= Limits.refusalBytesMax {
        true
      } else if Self.isChunked(refusal.head) {
        body.suffix(5).elementsEqual("0\r\n\r\n".utf8)
      } else if let length = refusal.head.headers["Content-Length"].flatMap(Int.init) {
        body.count >= length
      } else {
        refusal.head.status == 204 || refusal.head.status == 304
      }
    return isComplete ? .failed(refused(refusal)) : .reading
  }

  private func refused(_ refusal: (head: ResponseHead, bodyStart: Int)) -> WebSocketError {
    let body = received[refusal.bodyStart...]
    let content = Self.isChunked(refusal.head) ? Self.decodingChunks(of: body) : Array(body)
    return .refused(
      status: refusal.head.status, headers: refusal.head.headers,
      body: String(decoding: content.prefix(Limits.refusalBytesMax), as: UTF8.self))
  }

  private static func isChunked(_ head: ResponseHead) -> Bool {
    tokens(of: head.headers["Transfer-Encoding"]).last == "chunked"
  }

  /// Returns the content of a chunked body (RFC 9112, section 7.1) as far as it was received.
  private static func decodingChunks(of body: ArraySlice<UInt8>) -> [UInt8] {
    var (rest, content) = (body, [UInt8]())
    while let lineEnd = rest.firstIndex(of: UInt8(ascii: "\n")) {
      let line = String(decoding: rest[..<lineEnd], as: UTF8.self).trimmed
      let size = line.prefix { $0 != ";" }
      guard let count = Int(size, radix: 16), count > 0 else { break }
      rest = rest[(lineEnd + 1)...]
      content += rest.prefix(count)
      rest = rest.dropFirst(count).drop { $0 == 0x0D || $0 == 0x0A }
    }
    return content
  }
}
