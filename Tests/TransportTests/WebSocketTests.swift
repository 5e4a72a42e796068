import Logging
import TestSupport
import Testing

@testable import Transport

struct WebSocketTests {
  /// Opens a WebSocket to a server that runs the script after the upgrade.
  func open(
    then frames: [SocketFrame] = [], _ script: @escaping @Sendable (Peer) -> Void = { _ = $0.waitForClose() }
  ) async throws -> WebSocket {
    let server = try TestServer { peer in
      peer.acceptWebSocket(then: frames)
      script(peer)
    }
    return try await connect(server)
  }

  // MARK: Messages in

  @Test func `messages in the same packet as the response 101 are read`() async throws {
    let socket = try await open(then: [.text("one"), SocketFrame(opcode: 2, payload: [0, 255]), .text("")])
    #expect(try await socket.receive() == .text("one"))
    #expect(try await socket.receive() == .binary([0, 255]))
    #expect(try await socket.receive() == .text(""))
  }

  @Test func `fragments with control frames between them become one message`() async throws {
    let pongs = AsyncQueue<SocketFrame?>()
    let socket = try await open { peer in
      let cut = Array("grüße".utf8)
      peer.send(SocketFrame(opcode: 1, payload: Array(cut[..<3]), isFinal: false))
      peer.send(.ping("alive?"))
      peer.send(SocketFrame(opcode: 0, payload: [], isFinal: false))
      peer.send(SocketFrame(opcode: 0, payload: Array(cut[3...])))
      pongs(peer.readFrame())
      _ = peer.waitForClose()
    }
    #expect(try await socket.receive() == .text("grüße"))
    let pong = try #require(await pongs.next() ?? nil)
    #expect(pong.opcode == 10)
    #expect(pong.payload == Array("alive?".utf8))
    #expect(pong.mask != nil)
  }

  @Test func `a message that arrives byte by byte is read`() async throws {
    let socket = try await open { peer in
      for byte in SocketFrame.text(String(repeating: "é", count: 100)).bytes { peer.send([byte]) }
      _ = peer.waitForClose()
    }
    #expect(try await socket.receive() == .text(String(repeating: "é", count: 100)))
  }

  @Test(arguments: [125, 126, 65535, 65536, 10 * 1024 * 1024, 16 * 1024 * 1024])
  func `a message of each form of length is read`(length: Int) async throws {
    let socket = try await open { peer in
      peer.send(SocketFrame(opcode: 1, payload: [UInt8](repeating: UInt8(ascii: "x"), count: length)))
      _ = peer.waitForClose()
    }
    guard case .text(let text) = try await socket.receive() else { Issue.record("no text"); return }
    #expect(text.utf8.count == length)
  }

  @Test func `a frame that claims to be over the limit closes the connection before the rest is read`() async throws {
    let closes = AsyncQueue<SocketFrame?>()
    let socket = try await open { peer in
      peer.send(.text("before"))
      peer.send([0x81, 127, 0, 0, 0, 0, 0x01, 0, 0, 1, 97])
      closes(peer.readFrame())
    }
    #expect(try await socket.receive() == .text("before"))
    await #expect(throws: WebSocketError.messageTooLarge) { try await socket.receive() }
    #expect(await closes.next()??.payload == [0x03, 0xF1])
  }

  @Test func `fragments that exceed the limit together close the connection`() async throws {
    let socket = try await open { peer in
      peer.send(SocketFrame(opcode: 2, payload: [1], isFinal: false))
      let piece = SocketFrame(opcode: 0, payload: [UInt8](repeating: 0, count: 1024 * 1024), isFinal: false).bytes
      while peer.send(piece) {}
    }
    await #expect(throws: WebSocketError.messageTooLarge) { try await socket.receive() }
  }

  // MARK: Faults

  static let faults: [(SocketFrame, WebSocketError?)] = [
    (SocketFrame(opcode: 1, payload: [0xC3, 0x28]), .invalidUTF8),
    (SocketFrame(opcode: 1, payload: [0xE2, 0x82]), .invalidUTF8),
    (SocketFrame(opcode: 1, payload: [0xED, 0xA0, 0x80]), .invalidUTF8),
    (SocketFrame(opcode: 1, payload: [97], mask: [1, 2, 3, 4]), nil),
    (SocketFrame(opcode: 1, payload: [97], reserved: 4), nil),
    (SocketFrame(opcode: 3, payload: [97]), nil),
    (SocketFrame(opcode: 11, payload: []), nil),
    (SocketFrame(opcode: 0, payload: [97]), nil),
    (SocketFrame(opcode: 9, payload: [97], isFinal: false), nil),
    (SocketFrame(opcode: 9, payload: [UInt8](repeating: 97, count: 126)), nil),
    (.close(999), nil),
    (.close(1005), nil),
  ]

  @Test(arguments: faults)
  func `a frame that RFC 6455 does not allow ends the connection`(frame: SocketFrame, expected: WebSocketError?)
    async throws
  {
    let closed = AsyncQueue<Bool>()
    let socket = try await open { peer in
      peer.send(frame)
      closed(peer.waitForClose())
    }
    await #expect {
      try await socket.receive()
    } throws: { error in
      if let expected { return error as? WebSocketError == expected }
      guard case .transport(let error)? = error as? WebSocketError else { return false }
      return error.code == .protocolViolation
    }
    #expect(await closed.next() == true)
    await #expect(throws: WebSocketError.self) { try await socket.send(text: "late") }
  }

  @Test func `a message before a forbidden frame in the same packet can still be answered`() async throws {
    let answers = AsyncQueue<SocketFrame?>()
    let forbidden = SocketFrame(opcode: 1, payload: [97], reserved: 4)
    let socket = try await open(then: [.text("before"), .ping("alive?"), forbidden, .text("never")]) { peer in
      while let frame = peer.readFrame() { answers(frame) }
    }
    #expect(try await socket.receive() == .text("before"))
    try await socket.send(text: "answer")
    await #expect(throws: WebSocketError.self) { try await socket.receive() }
    let seen = [try await answers.next("a pong")?.opcode, try await answers.next("an answer")?.opcode]
    #expect(seen == [10, 1])
    #expect(try await answers.next("a close frame")?.payload == [0x03, 0xEA])
  }

  @Test func `a connection that ends within a frame is closed without a code`() async throws {
    let socket = try await open { $0.send(SocketFrame.text("whole").bytes + [0x81, 5, 97]) }
    #expect(try await socket.receive() == .text("whole"))
    await #expect {
      try await socket.receive()
    } throws: {
      if case .closed(nil, _)? = $0 as? WebSocketError { true } else { false }
    }
  }

  @Test func `a connection that is reset ends after the messages before`() async throws {
    let socket = try await open { peer in
      _ = peer.readFrame()
      peer.reset()
    }
    try await socket.send(text: "reset, please")
    await #expect {
      try await socket.receive()
    } throws: {
      switch $0 as? WebSocketError {
      case .transport(let error)?: error.code == .connectionLost
      case .closed(nil, _)?: true
      default: false
      }
    }
  }

  // MARK: Closing

  @Test(arguments: [
    (SocketFrame.close(1000, "bye ✓"), UInt16?(1000), "bye ✓"), (.close(4001), 4001, ""), (.close(nil), nil, ""),
  ])
  func `the server's close frame is answered and reported`(frame: SocketFrame, code: UInt16?, reason: String)
    async throws
  {
    let answers = AsyncQueue<SocketFrame?>()
    let socket = try await open { peer in
      peer.send(.text("last"))
      peer.send(frame)
      answers(peer.readFrame())
    }
    #expect(try await socket.receive() == .text("last"))
    for _ in 1...2 {
      await #expect(throws: WebSocketError.closed(code: code, reason: reason)) { try await socket.receive() }
    }
    let answer = try #require(await answers.next() ?? nil)
    #expect(answer.opcode == 8)
    #expect(answer.payload.prefix(2) == frame.payload.prefix(2))
  }

  @Test(arguments: [true, false])
  func `closing sends the code, and ends even if the server does not answer`(answers: Bool) async throws {
    let frames = AsyncQueue<SocketFrame?>()
    let socket = try await open { peer in
      frames(peer.readFrame())
      if answers { peer.send(.close(1001)) }
      _ = peer.waitForClose()
      frames(nil)
    }
    let reader = Task { try await socket.receive() }
    await socket.close(code: 1001)
    #expect(await frames.next()??.payload == [0x03, 0xE9])
    #expect(try #require(await frames.next()) == nil)
    await #expect {
      try await reader.value
    } throws: {
      if case .closed(let code, _)? = $0 as? WebSocketError { code == (answers ? 1001 : nil) } else { false }
    }
  }

  @Test func `releasing the last reference closes the connection`() async throws {
    let closed = AsyncQueue<Bool>()
    let server = try TestServer { peer in
      peer.acceptWebSocket()
      closed(peer.waitForClose())
    }
    _ = try await connect(server)
    #expect(await closed.next() == true)
  }

  // MARK: Sending, reading, waiting

  @Test func `messages are sent masked, whole and in order`() async throws {
    let frames = AsyncQueue<SocketFrame?>()
    let socket = try await open { peer in
      while let frame = peer.readFrame() { frames(frame) }
    }
    let texts = ["", "one", String(repeating: "zwölf", count: 20_000), "last"]
    for text in texts { try await socket.send(text: text) }
    for text in texts {
      let frame = try #require(await frames.next() ?? nil)
      #expect(frame.opcode == 1 && frame.isFinal && frame.mask != nil)
      #expect(frame.payload == Array(text.utf8))
    }
  }

  @Test func `a ping is answered by a pong`() async throws {
    let socket = try await open { peer in
      while let frame = peer.readFrame() { if frame.opcode == 9 { peer.send(.pong(frame.payload)) } }
    }
    try await socket.ping()
    #expect(try await socket.receive() == .pong)
  }

  @Test func `a cancelled reader returns and leaves the connection open`() async throws {
    let socket = try await open { peer in
      while let frame = peer.readFrame() { peer.send(.text(String(decoding: frame.payload, as: UTF8.self))) }
    }
    let reader = Task { try await socket.receive() }
    reader.cancel()
    await #expect(throws: WebSocketError.transport(TransportError(.cancelled))) { try await reader.value }
    try await socket.send(text: "still here")
    #expect(try await socket.receive() == .text("still here"))
  }

  @Test func `a slow reader of messages makes the server wait, and loses nothing`() async throws {
    let stalls = AsyncQueue<Int>()
    let (count, payload) = (300, String(repeating: "x", count: 100_000))
    let socket = try await open { peer in
      for number in 0..<count { peer.send(SocketFrame.text("\(number) \(payload)").bytes) { stalls(number) } }
      _ = peer.waitForClose()
    }
    // The sockets' own buffers take some MiB before the server has to wait.
    #expect(try #require(await stalls.next()) < count)
    for number in 0..<count {
      guard case .text(let text) = try await socket.receive() else {
        Issue.record("no text")
        return
      }
      #expect(text.hasPrefix("\(number) "))
    }
  }

  @Test func `a server that sends pings without reading pongs has to wait`() async throws {
    let stalls = AsyncQueue<Int>()
    let socket = try await open { peer in
      let pings = [[UInt8]](repeating: SocketFrame.ping(String(repeating: "p", count: 125)).bytes, count: 500).flatMap(
        \.self)
      var hasStalled = false
      for round in 0..<1000 where !hasStalled {
        peer.send(pings) {
          if !hasStalled { stalls(round) }
          hasStalled = true
        }
      }
    }
    #expect(await stalls.next() != nil)
    withExtendedLifetime(socket) {}
  }

  @Test func `an open WebSocket is not closed for its age by other transfers`() async throws {
    let echo = try await open { peer in
      while let frame = peer.readFrame() { peer.send(.text(String(decoding: frame.payload, as: UTF8.self))) }
    }
    let closed = Counter()
    let idle = try TestServer { peer in
      peer.readHead()
      peer.respond("200 OK")
      if peer.waitForClose() { closed.increment() }
    }
    let busy = try TestServer { peer in while !peer.readHead().isEmpty { peer.respond("200 OK") } }
    // The default limit is 118 s, and curl looks for old connections at most once a second, whichever transfer it is
    // that starts then. When it has closed one that is younger than the WebSocket, it has looked at that, too.
    let settings = ConnectionSettings(connectionAgeMax: .seconds(1))
    let client = HTTPClient(logger: .silent, settings: settings)
    _ = try await client.send(HTTPRequest("GET", idle.url))
    try await wait(for: "a connection to be closed for its age", every: .milliseconds(20)) {
      _ = try await client.send(HTTPRequest("GET", busy.url))
      return closed.count > 0
    }
    _ = try await WebSocket.connect(
      "ws://127.0.0.1:\(try Self.echoPort())", headers: [], timeLimit: .seconds(20), logger: .silent, settings: settings
    )
    try await echo.send(text: "still here")
    #expect(try await echo.receive() == .text("still here"))
  }

  private static func echoPort() throws -> UInt16 {
    try TestServer { peer in
      peer.acceptWebSocket()
      _ = peer.waitForClose()
    }.port
  }
}
