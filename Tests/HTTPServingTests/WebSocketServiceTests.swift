import HTTPServing
import TestSupport
import Testing

struct WebSocketServiceTests {
  private static let request = """
    GET /socket HTTP/1.1\r
    Host: x\r
    Upgrade: websocket\r
    Connection: keep-alive, Upgrade\r
    Sec-WebSocket-Version: 13\r
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
    \r

    """

  /// Runs `body` with a server that echoes the frames of WebSockets, and responds 200 to other requests.
  private func withServer(
    connectionsMax: Int = 100, requestTime: Duration = .seconds(20), _ body: (String) async throws -> Void
  ) async throws {
    let bounds = HTTPServerLimits(
      connectionsMax: connectionsMax, headBytesMax: 8 * 1024, bodyBytesMax: 1024, requestTime: requestTime,
      answerTime: .milliseconds(100))
    let server = try await HTTPServer.start(host: "127.0.0.1", port: 0, limits: bounds, logger: .silent) { request in
      guard request.path == "/socket" else { return .respond(HTTPServerResponse(200)) }
      return .openWebSocket(
        WebSocketService(frameBytesMax: 1_000) { connection in
          do { for try await frame in connection.frames { try await connection.send(frame) } } catch {}
        })
    }
    let result: Result<Void, any Error>
    do { result = .success(try await body("http://127.0.0.1:\(server.port)/socket")) } catch {
      result = .failure(error)
    }
    await server.stop()
    try result.get()
  }

  @Test(.timeLimit(.minutes(1))) func `frames are sent and received`() async throws {
    try await withServer { url in
      let socket = try await RawWebSocket.connect(url)
      try await socket.send("hello")
      #expect(try await socket.next() == .text("hello"))
      try await socket.send(opcode: 0x9)
      #expect(try await socket.next() == .ping)
      for length in [125, 126, 1_000] {
        try await socket.send(String(repeating: "x", count: length))
        #expect(try await socket.next() == .text(String(repeating: "x", count: length)))
      }
      try await socket.send(opcode: 0x1, final: false, Array("in ".utf8))
      try await socket.send(opcode: 0x0, Array("parts".utf8))
      #expect(try await socket.next() == .text("in parts"))
    }
  }

  @Test(.timeLimit(.minutes(1))) func `frames in the same packet as the upgrade request are read`() async throws {
    try await withServer { url in
      let frame = SocketFrame(opcode: 1, payload: Array("early".utf8), mask: [1, 2, 3, 4])
      let answer = try await read(
        from: url, sending: Array(Self.request.utf8) + frame.bytes + frame.bytes, until: "early")
      #expect(answer.hasPrefix("HTTP/1.1 101 "))
      #expect(answer.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="))
    }
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      (SocketFrame(opcode: 1, payload: Array(repeating: 1, count: 1_001), mask: [1, 2, 3, 4]), 1009),
      (SocketFrame(opcode: 1, payload: Array(repeating: 1, count: 10_000_000), mask: [1, 2, 3, 4]), 1009),
      (SocketFrame(opcode: 1, payload: [1]), 1002), (SocketFrame(opcode: 3, payload: [], mask: [1, 2, 3, 4]), 1002),
      (SocketFrame(opcode: 1, payload: [], reserved: 4, mask: [1, 2, 3, 4]), 1002),
      (SocketFrame(opcode: 9, payload: Array(repeating: 1, count: 126), mask: [1, 2, 3, 4]), 1002),
      (SocketFrame(opcode: 9, payload: [], isFinal: false, mask: [1, 2, 3, 4]), 1002),
    ])
  func `a frame that is too long or against the rules ends it with a code`(frame: SocketFrame, code: Int) async throws {
    try await withServer { url in
      let connection = try RawConnections(1, to: url)
      let closing = await Task.detached {
        connection[0].send(Self.request)
        connection[0].readHead()
        connection[0].send(frame.bytes)
        let closing = connection[0].readFrame()
        connection[0].endInput()
        return connection[0].waitForClose() ? closing : nil
      }.value
      #expect(closing == .close(UInt16(code)))
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `a WebSocket outlasts the time limits of requests and a flood of idle connections`()
    async throws
  {
    try await withServer(connectionsMax: 4, requestTime: .milliseconds(100)) { url in
      let socket = try await RawWebSocket.connect(url)
      let idle = try RawConnections(30, to: url)
      try await wait(for: "idle connections to be closed") { idle.closedByServer == 30 }
      try await socket.send("still here")
      #expect(try await socket.next() == .text("still here"))
    }
  }

  @Test(.timeLimit(.minutes(1))) func `a WebSocket ends when the client disconnects or the server stops`() async throws
  {
    let served = AsyncQueue<String>()
    let bounds = HTTPServerLimits(
      connectionsMax: 8, headBytesMax: 8 * 1024, bodyBytesMax: 1024, requestTime: .seconds(20), answerTime: .seconds(20)
    )
    let server = try await HTTPServer.start(host: "127.0.0.1", port: 0, limits: bounds, logger: .silent) { _ in
      .openWebSocket(
        WebSocketService(frameBytesMax: 1_000) { connection in
          served("opened")
          do { for try await _ in connection.frames {} } catch {}
          served("ended")
        })
    }
    let url = "http://127.0.0.1:\(server.port)/"
    let first = try await RawWebSocket.connect(url)
    #expect(try await served.next("the first") == "opened")
    await first.drop()
    #expect(try await served.next("its end") == "ended")
    let second = try await RawWebSocket.connect(url)
    #expect(try await served.next("the second") == "opened")
    await server.stop()
    #expect(try await served.next("its end") == "ended")
    #expect(try await second.next() == .ended)
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      ("Upgrade: websocket\r\n", "Upgrade: h2c\r\n"), ("Connection: keep-alive, Upgrade\r\n", ""),
      ("Version: 13", "Version: 8"), ("Key: dGhlIHNhbXBsZSBub25jZQ==", "Key: c2hvcnQ="), ("GET ", "POST "),
    ])
  func `what asks for no WebSocket gets none, and the connection is closed where another protocol was asked for`(
    part: String, instead: String
  ) async throws {
    try await withServer { url in
      let request = Self.request.replacing(part, with: instead)
      let answer = try await RawHTTP.send(
        String(request.prefix { $0 != " " }), url,
        headers: request.split(separator: "\r\n").dropFirst().map { line in
          let colon = line.split(separator: ": ", maxSplits: 1)
          return (String(colon[0]), String(colon[1]))
        })
      #expect(answer.status == 400)
    }
  }

  /// Sends bytes, and returns what is received until it contains a text.
  private func read(from url: String, sending bytes: [UInt8], until text: String) async throws -> String {
    let connection = try RawConnections(1, to: url)
    return await Task.detached {
      connection[0].send(bytes)
      var all = ""
      while !all.contains(text), let more = connection[0].read(), !more.isEmpty {
        all += String(decoding: more, as: UTF8.self)
      }
      return all
    }.value
  }
}
