/// Reads the answer to an upgrade request, however it is cut into pieces (RFC 6455, section 4.1).
struct UpgradeResponseParser {
  /// Where reading stands.
  enum Progress {
    /// The answer is not complete.
    case reading
    /// The connection is a WebSocket; these bytes came after the answer and are its first.
    case accepted(rest: [UInt8])
    /// There will be no WebSocket.
    case failed(WebSocketError)
  }

  private let request: UpgradeRequest
  private var received: [UInt8] = []
  private var scanned = 0
  /// The head of an answer that is not 101. Its body is still to come, and begins at this place.
  private(set) var refusal: (head: ResponseHead, bodyStart: Int)?

  init(_ request: UpgradeRequest) { self.request = request }

  /// Takes the next bytes.
  mutating func add(_ bytes: some Sequence<UInt8>) -> Progress {
    received += bytes
    if let refusal { return progress(of: refusal) }
    guard received.prefix(5).elementsEqual("HTTP/".utf8.prefix(received.count)) else {
      return .failed(.badHandshake("the server does not speak HTTP"))
    }
    guard let bodyStart = findBody() else {
      guard received.count <= Limits.headerBytesMax else {
        return .failed(.badHandshake("the answer's headers are over \(Limits.headerBytesMax) bytes"))
      }
      return .reading
    }
    let head = Self.head(of: received[..<bodyStart])
    guard let head else { return .failed(.badHandshake("the answer to the upgrade has no status")) }
    guard head.status == 101 else {
      refusal = (head, bodyStart)
      return progress(of: (head, bodyStart))
    }
    if let fault = fault(in: head.headers) { return .failed(.badHandshake(fault)) }
    return .accepted(rest: Array(received[bodyStart...]))
  }

  /// The error if nothing more comes. `reason` is why, unless a refusal was already read.
  func end(_ reason: WebSocketError) -> WebSocketError {
    refusal.map(refused) ?? reason
  }

  // MARK: The head

  /// Finds the end of the empty line that ends the headers.
  private mutating func findBody() -> Int? {
    while scanned + 4 <= received.count {
      if received[scanned..<scanned + 4].elementsEqual("\r\n\r\n".utf8) { return scanned + 4 }
      scanned += 1
    }
    return nil
  }

  private static func head(of bytes: ArraySlice<UInt8>) -> ResponseHead? {
    var collector = ResponseHeadParser(acceptsSwitching: true)
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      let added: Void? = line.withUnsafeBytes { try? collector.add($0) }
      if added == nil || collector.head != nil { break }
    }
    return collector.head
  }

  private func fault(in headers: HTTPHeaders) -> String? {
    if headers["Upgrade"]?.lowercased() != "websocket" {
      "the answer does not say `Upgrade: websocket`; a proxy on the way may have removed it"
    } else if !Self.tokens(of: headers["Connection"]).contains("upgrade") {
      "the answer does not say `Connection: Upgrade`; a proxy on the way may have removed it"
    } else if headers["Sec-WebSocket-Accept"] != request.accept {
      "the answer's Sec-WebSocket-Accept does not belong to our key"
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

  // MARK: The body of a refusal

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
    let content = Self.isChunked(refusal.head) ? Self.unchunked(body) : Array(body)
    return .refused(
      status: refusal.head.status, headers: refusal.head.headers,
      body: String(decoding: content.prefix(Limits.refusalBytesMax), as: UTF8.self))
  }

  private static func isChunked(_ head: ResponseHead) -> Bool {
    tokens(of: head.headers["Transfer-Encoding"]).last == "chunked"
  }

  /// What a chunked body holds, as far as it is there (RFC 9112, section 7.1).
  private static func unchunked(_ body: ArraySlice<UInt8>) -> [UInt8] {
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
