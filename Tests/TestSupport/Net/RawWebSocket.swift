/// A WebSocket client (RFC 6455) that does nothing by itself: it neither answers pings nor closes.
package actor RawWebSocket {
  /// A received message.
  package enum Message: Sendable, Equatable {
    /// A whole text message.
    case text(String)
    /// A ping.
    case ping
    /// A pong.
    case pong
    /// A close frame with its code.
    case close(UInt16?)
    /// The TCP connection ended.
    case ended
  }

  private let connection: LoopbackConnection
  private var reading: Task<Void, Never>?
  private var inbox: [Message] = []
  private var waiter: CheckedContinuation<Void, Never>?

  /// Upgrades a connection to `url` (`http` or `ws`).
  ///
  /// - Throws: `TestFailure` if the server answers with another status than 101.
  package static func connect(_ url: String, headers: [(String, String)] = []) async throws -> RawWebSocket {
    let address = try LoopbackAddress(url)
    let connection = try LoopbackConnection(to: address)
    let lines =
      [
        "GET \(address.target) HTTP/1.1", "Host: \(address.host):\(address.port)", "Upgrade: websocket",
        "Connection: Upgrade", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      ] + headers.map { "\($0.0): \($0.1)" }
    try await connection.write(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8))
    var reader = ByteReader(connection)
    let head = try ResponseHead(try await reader.readHead())
    // The answer to the key above, from section 1.3 of the RFC.
    guard head.status == 101, head.headers["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" else {
      connection.close()
      throw TestFailure("the upgrade was answered with \(head.status)")
    }
    let client = RawWebSocket(connection)
    await client.read(from: reader)
    return client
  }

  private init(_ connection: LoopbackConnection) { self.connection = connection }

  deinit {
    reading?.cancel()
    connection.close()
  }

  /// Sends a text message.
  package func send(_ text: String) async throws { try await send(opcode: 0x1, Array(text.utf8)) }

  /// Sends a frame, masked as a client must.
  package func send(opcode: UInt8, final: Bool = true, _ payload: [UInt8] = []) async throws {
    let frame = SocketFrame(opcode: opcode, payload: payload, isFinal: final, mask: [0x1f, 0x2e, 0x3d, 0x4c])
    try await connection.write(frame.bytes)
  }

  /// Waits for the next message. `.ended` is the last one.
  ///
  /// - Throws: `TestFailure` if none comes in time.
  package func next(within limit: Duration = patience) async throws -> Message {
    var isLate = false
    let deadline = Task {
      try await Task.sleep(for: limit)
      isLate = true
      wake()
    }
    defer { deadline.cancel() }
    while inbox.isEmpty {
      guard !isLate else { throw TestFailure("no message on the WebSocket for \(limit)") }
      await withCheckedContinuation { waiter = $0 }
    }
    return inbox.removeFirst()
  }

  /// Closes the TCP connection without a close frame.
  package func drop() {
    reading?.cancel()
    connection.close()
  }

  private func read(from reader: ByteReader) {
    reading = Task { [weak self] in
      var reader = reader
      var text: [UInt8] = []
      while let frame = try? await Self.frame(from: &reader) {
        switch frame.opcode {
        case 0x0, 0x1:
          text += frame.payload
          guard frame.isFinal else { continue }
          await self?.take(.text(String(decoding: text, as: UTF8.self)))
          text = []
        case 0x8:
          let code = frame.payload.count >= 2 ? UInt16(frame.payload[0]) << 8 | UInt16(frame.payload[1]) : nil
          await self?.take(.close(code))
        case 0x9: await self?.take(.ping)
        default: await self?.take(.pong)
        }
      }
      await self?.take(.ended)
    }
  }

  private func take(_ message: Message) {
    inbox.append(message)
    wake()
  }

  private func wake() {
    waiter?.resume()
    waiter = nil
  }

  private static func frame(
    from reader: inout ByteReader
  ) async throws -> (opcode: UInt8, isFinal: Bool, payload: [UInt8]) {
    let head = try await reader.read(2)
    var length = Int(head[1] & 0x7f)
    if length >= 126 {
      length = try await reader.read(length == 126 ? 2 : 8).reduce(0) { $0 << 8 | Int($1) }
    }
    return (head[0] & 0xf, head[0] & 0x80 != 0, try await reader.read(length))
  }
}
