import Foundation

/// The server's end of a connection, for scripts on their own threads: calls block, but not longer than `patience`.
package struct Peer: Sendable {
  /// Seconds that a call waits for the client.
  package static let patience = 40

  package let socket: Int32

  package init(_ socket: Int32) {
    self.socket = socket
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] { setLimit(option, milliseconds: Self.patience * 1000) }
  }

  private func setLimit(_ option: Int32, milliseconds: Int) {
    var limit = timeval(tv_sec: milliseconds / 1000, tv_usec: milliseconds % 1000 * 1000)
    setsockopt(socket, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  /// Reads at most `count` bytes: empty at the end of the connection, `nil` if there are none in time.
  package func read(_ count: Int = 65536) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    let result = recv(socket, &bytes, count, 0)
    if result < 0 { return errno == EAGAIN ? nil : [] }
    return Array(bytes[..<result])
  }

  /// Reads exactly `count` bytes, or fewer if the connection ends.
  package func readExactly(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count, let more = read(count - bytes.count), !more.isEmpty { bytes += more }
    return bytes
  }

  /// Sends all bytes, and returns whether the client has read them.
  @discardableResult package func send(_ bytes: some Collection<UInt8>) -> Bool {
    let bytes = Array(bytes)
    var sent = 0
    while sent < bytes.count {
      let result = bytes[sent...].withUnsafeBytes {
        Foundation.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if result <= 0 { return false }
      sent += result
    }
    return true
  }

  /// Sends text.
  @discardableResult package func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  /// Sends all bytes to a slow client. `onStall` is called for each half second in which it reads none.
  @discardableResult package func send(_ bytes: [UInt8], onStall: () -> Void) -> Bool {
    setLimit(SO_SNDTIMEO, milliseconds: 500)
    var (sent, stalls) = (0, 0)
    while sent < bytes.count, stalls < Self.patience * 2 {
      let result = bytes.withUnsafeBytes {
        Foundation.send(socket, $0.baseAddress.map { $0 + sent }, $0.count - sent, Int32(MSG_NOSIGNAL))
      }
      if result > 0 {
        sent += result
      } else if errno == EAGAIN {
        onStall()
        stalls += 1
      } else {
        return false
      }
    }
    return sent == bytes.count
  }

  /// Blocks for a while, for tests of slow servers.
  package func pause(milliseconds: UInt32) { usleep(milliseconds * 1000) }

  /// Reads until the client closes the connection, and returns whether it did.
  @discardableResult package func waitForClose() -> Bool { waitForClose(milliseconds: Self.patience * 1000) }

  /// Sends the bytes repeatedly until the client closes the connection, and returns whether it did.
  package func sendUntilClosed(_ bytes: [UInt8]) -> Bool {
    let pause = 5
    for _ in 0..<Self.patience * 1000 / pause {
      if waitForClose(milliseconds: pause) { return true }
      send(bytes)
    }
    return false
  }

  private func waitForClose(milliseconds: Int) -> Bool {
    setLimit(SO_RCVTIMEO, milliseconds: milliseconds)
    while let bytes = read() {
      if bytes.isEmpty { return true }
    }
    return false
  }

  /// Ends the writing direction; reading is still possible.
  package func endInput() { shutdown(socket, Int32(SHUT_WR)) }

  /// Resets the connection: the client sees an error, not an end.
  package func reset() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
  }
}

/// A request as a server received it.
package struct ReceivedRequest: Sendable, Equatable {
  /// The request line and the headers, byte for byte.
  package let head: String
  /// The body, as far as it was received.
  package let body: String

  /// `GET /a?b=c HTTP/1.1`.
  package var line: String { String(head.prefix { $0 != "\r\n" }) }
  /// `GET /a?b=c`.
  package var target: String { line.split(separator: " ").prefix(2).joined(separator: " ") }

  /// The headers, by their names in lower case.
  package var headers: [String: String] { Self.headers(of: head) }

  fileprivate static func headers(of head: String) -> [String: String] {
    let pairs = head.split(separator: "\r\n").dropFirst().map { line in
      let parts = line.split(separator: ":", maxSplits: 1)
      return (parts[0].lowercased(), parts.count == 2 ? parts[1].trimmingCharacters(in: .whitespaces) : "")
    }
    return Dictionary(pairs) { _, last in last }
  }
}

extension Peer {
  /// Reads the head of a request, with the empty line after it.
  @discardableResult package func readHead() -> String {
    var head: [UInt8] = []
    while !head.suffix(4).elementsEqual("\r\n\r\n".utf8), let byte = read(1), !byte.isEmpty { head += byte }
    return String(decoding: head, as: UTF8.self)
  }

  /// Reads a request with its body, or returns `nil` at the end of the connection.
  package func readRequest() -> ReceivedRequest? {
    let head = readHead()
    guard !head.isEmpty else { return nil }
    let length = ReceivedRequest.headers(of: head)["content-length"].flatMap { Int($0) } ?? 0
    return ReceivedRequest(head: head, body: String(decoding: readExactly(length), as: UTF8.self))
  }

  /// Sends a whole response with a `Content-Length`.
  package func respond(_ status: String, headers: [String] = [], body: String = "") {
    let lines = ["HTTP/1.1 \(status)", "Content-Length: \(body.utf8.count)"] + headers
    send(lines.map { $0 + "\r\n" }.joined() + "\r\n" + body)
  }
}

extension Peer {
  /// Returns the valid response to an upgrade request. `proof` computes `Sec-WebSocket-Accept` from the key of the
  /// request.
  package static func acceptance(of head: String, proof: (String) -> String) -> String {
    let key = head.split(separator: "\r\n").first { $0.hasPrefix("Sec-WebSocket-Key: ") }?.dropFirst(19) ?? ""
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
      + "Sec-WebSocket-Accept: \(proof(String(key)))\r\n\r\n"
  }

  /// Sends a frame.
  package func send(_ frame: SocketFrame) { send(frame.bytes) }

  /// Reads a frame of the client and unmasks it, or returns `nil` at the end of the connection.
  package func readFrame() -> SocketFrame? {
    let head = readExactly(2)
    guard head.count == 2 else { return nil }
    var length = Int(head[1] & 0x7F)
    if length >= 126 { length = readExactly(length == 126 ? 2 : 8).reduce(0) { $0 << 8 | Int($1) } }
    let mask = head[1] & 0x80 == 0 ? nil : readExactly(4)
    let payload = readExactly(length)
    return SocketFrame(
      opcode: head[0] & 0x0F, payload: mask.map { mask in payload.enumerated().map { $1 ^ mask[$0 % 4] } } ?? payload,
      isFinal: head[0] & 0x80 != 0, reserved: head[0] >> 4 & 7, mask: mask)
  }
}

/// The bytes of a WebSocket frame (RFC 6455, section 5.2).
package struct SocketFrame: Sendable, Equatable {
  package var opcode: UInt8
  package var payload: [UInt8]
  package var isFinal: Bool
  package var reserved: UInt8
  package var mask: [UInt8]?

  package init(opcode: UInt8, payload: [UInt8], isFinal: Bool = true, reserved: UInt8 = 0, mask: [UInt8]? = nil) {
    self.opcode = opcode
    self.payload = payload
    self.isFinal = isFinal
    self.reserved = reserved
    self.mask = mask
  }

  package static func text(_ text: String, final: Bool = true) -> SocketFrame {
    SocketFrame(opcode: 1, payload: Array(text.utf8), isFinal: final)
  }
  package static func close(_ code: UInt16?, _ reason: String = "") -> SocketFrame {
    SocketFrame(opcode: 8, payload: (code.map { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } ?? []) + Array(reason.utf8))
  }
  package static func ping(_ text: String) -> SocketFrame { SocketFrame(opcode: 9, payload: Array(text.utf8)) }
  package static func pong(_ payload: [UInt8]) -> SocketFrame { SocketFrame(opcode: 10, payload: payload) }

  package var bytes: [UInt8] {
    var bytes = [(isFinal ? 0x80 : 0) | reserved << 4 | opcode]
    let masked: UInt8 = mask == nil ? 0 : 0x80
    switch payload.count {
    case ..<126: bytes.append(masked | UInt8(payload.count))
    case ..<65536: bytes += [masked | 126] + (0..<2).reversed().map { UInt8(payload.count >> ($0 * 8) & 0xFF) }
    default: bytes += [masked | 127] + (0..<8).reversed().map { UInt8(payload.count >> ($0 * 8) & 0xFF) }
    }
    guard let mask else { return bytes + payload }
    return bytes + mask + payload.enumerated().map { $1 ^ mask[$0 % 4] }
  }
}
