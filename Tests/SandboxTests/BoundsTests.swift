import Foundation
import Logging
import Sandbox
import TestSupport
import Testing

/// Resources that other programs can use up are bounded.
@Suite("The sandbox's bounds")
struct BoundsTests {
  @Test(.timeLimit(.minutes(1)))
  func `endless headers are refused with 431, and the connection is closed`() async throws {
    try await withSandbox { sandbox in
      let connection = try RawConnections(1, to: sandbox.url)
      let line = "X-Long: " + String(repeating: "x", count: 10_000) + "\r\n"
      let answer = await Task.detached {
        connection[0].send("GET / HTTP/1.1\r\n")
        for _ in 0..<100 { guard connection[0].send(line) else { break } }
        return String(decoding: connection[0].read() ?? [], as: UTF8.self)
      }.value
      #expect(answer.hasPrefix("HTTP/1.1 431 "), "\(answer)")
      try await wait(for: "the connection to be closed") { connection.closedByServer == 1 }
      #expect(try await Client(sandbox).call("GET", "/api/v4/users/me").status == 200)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `with 1,200 idle connections, calls are answered and the event socket stays`() async throws {
    try await withSandbox { sandbox in
      let listener = try await EventListener(sandbox, token: sandbox.botToken)
      _ = try await listener.next("status_change")
      let idle = try RawConnections(1_200, to: sandbox.url)
      try await wait(for: "the oldest to be closed") { idle.closedByServer > 900 }
      let dev = try await Client(sandbox).channel("dev")
      _ = try await Client(sandbox).post("one", in: dev)
      #expect(try await listener.next("posted")["event"] as? String == "posted")
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `a listener that ends is restarted, and sockets are not affected`() async throws {
    let messages = AsyncQueue<String>()
    let sandbox = try await SandboxServer.start(
      logger: Logger(label: "test") { _ in QueueLogHandler(messages: messages) })
    let listener = try await EventListener(sandbox, token: sandbox.botToken)
    _ = try await listener.next("status_change")
    #expect(ListeningSocket.end(port: UInt16(try #require(URL(string: sandbox.url)?.port))))
    var said: [String] = []
    while said.last?.contains("was started again") != true { said.append(try await messages.next("the restart")) }
    #expect(said.contains { $0.contains("the listener has ended") })
    _ = try await sandbox.post(as: "alice", in: "dev", "one")
    #expect(try await listener.next("posted")["event"] as? String == "posted")
    #expect(try await Client(sandbox).call("GET", "/api/v4/users/me").status == 200)
    await sandbox.stop()
  }

  @Test(.timeLimit(.minutes(1)))
  func `a slow reader of the event socket is dropped, and posting continues`() async throws {
    try await withSandbox { sandbox in
      let connection = try RawConnections(1, to: sandbox.url)
      await Task.detached {
        connection[0].send(
          """
          GET /api/v4/websocket HTTP/1.1\r
          Host: 127.0.0.1\r
          Upgrade: websocket\r
          Connection: Upgrade\r
          Sec-WebSocket-Version: 13\r
          Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
          Authorization: Bearer \(sandbox.botToken)\r
          \r

          """)
        connection[0].readHead()
      }.value
      try await sandbox.waitForConnection()
      await sandbox.misbehave(.hugeFrame(bytes: 16_000_000))
      for number in 1...400 { try await sandbox.post(as: "alice", in: "dev", "\(number)") }
      await #expect(throws: SandboxError.self) { try await sandbox.waitForConnection(within: .milliseconds(20)) }
      #expect(try await Client(sandbox).call("GET", "/api/v4/users/me").status == 200)
    }
  }
}
