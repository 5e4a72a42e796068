import Logging
import TestSupport
import Testing

@testable import Transport

struct UpgradeHandshakeTests {
  @Test func `the accept value is that of the example in RFC 6455`() {
    #expect(UpgradeRequest.accept(for: "dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
  }

  @Test func `the upgrade request has the headers of RFC 6455 and those of the caller`() async throws {
    let heads = AsyncQueue<String>()
    let server = try TestServer { peer in
      heads(peer.acceptWebSocket())
      if peer.readFrame()?.opcode == 8 { peer.send(.close(1000)) }
    }
    let socket = try await connect(server, path: "/api/v4/websocket?a=1", headers: [("Authorization", "Bearer T")])
    let head = try #require(await heads.next())
    #expect(head.hasPrefix("GET /api/v4/websocket?a=1 HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\n"))
    for line in ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", "Authorization: Bearer T"] {
      #expect(head.contains("\r\n\(line)\r\n"))
    }
    #expect(!head.contains("Extensions"))
    await socket.close()
  }

  @Test(arguments: [
    "HTTP/1.1 400 Bad Request\r\nContent-Length: 7\r\n\r\nno ws!\n",
    "HTTP/1.1 400 Bad Request\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nno \r\n4;x=y\r\nws!\n\r\n0\r\n\r\n",
    "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\nno ws!\n",
  ])
  func `a refusal shows its status, headers and body`(response: String) async throws {
    let server = try TestServer { peer in
      peer.readHead()
      peer.send(response)
    }
    await #expect { try await connect(server) } throws: { error in
      guard case .refused(400, let headers, "no ws!\n") = error as? WebSocketError else { return false }
      return !headers.all.isEmpty
    }
  }

  @Test func `only the start of the body of a refusal is kept`() async throws {
    let server = try TestServer { peer in
      peer.readHead()
      peer.respond("502 Bad Gateway", body: String(repeating: "x", count: 100_000))
    }
    await #expect { try await connect(server) } throws: { error in
      guard case .refused(502, _, let body) = error as? WebSocketError else { return false }
      return body == String(repeating: "x", count: 1024)
    }
  }

  @Test func `a refusal whose body never ends is reported soon after its headers`() async throws {
    let server = try TestServer { peer in
      peer.readHead()
      peer.send("HTTP/1.1 403 Forbidden\r\n\r\nhalf")
      _ = peer.waitForClose()
    }
    await #expect { try await connect(server, timeLimit: .seconds(60)) } throws: { error in
      guard case .refused(403, _, "half") = error as? WebSocketError else { return false }
      return true
    }
  }

  static let faults: [(String, String)] = [
    ("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: wrong", "Accept"),
    ("Upgrade: websocket\r\nConnection: Upgrade", "Accept"),
    ("Connection: Upgrade\r\nSec-WebSocket-Accept: KEY", "Upgrade: websocket"),
    ("Upgrade: websocket\r\nSec-WebSocket-Accept: KEY", "Connection: Upgrade"),
    (
      "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: KEY\r\nSec-WebSocket-Extensions: permessage-deflate",
      "extension"
    ),
    (
      "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: KEY\r\nSec-WebSocket-Protocol: chat",
      "subprotocol"
    ),
  ]

  @Test(arguments: faults)
  func `a response 101 with wrong headers is a bad handshake`(headers: String, fault: String) async throws {
    let server = try TestServer { peer in
      let accepted = Peer.acceptance(of: peer.readHead())
      let key = accepted.split(separator: "\r\n").last?.split(separator: " ").last ?? ""
      peer.send("HTTP/1.1 101 X\r\n\(headers.replacing("KEY", with: key))\r\n\r\n")
      _ = peer.waitForClose()
    }
    await #expect { try await connect(server) } throws: { error in
      guard case .badHandshake(let text) = error as? WebSocketError else { return false }
      return text.contains(fault)
    }
  }

  @Test func `a response that is not HTTP is a bad handshake`() async throws {
    let server = try TestServer { peer in
      peer.send("220 mail.example.com ESMTP\r\n")
      _ = peer.waitForClose()
    }
    await #expect(throws: WebSocketError.badHandshake("the server does not speak HTTP")) { try await connect(server) }
  }

  @Test func `an incomplete response is a bad handshake`() async throws {
    let server = try TestServer { peer in
      peer.readHead()
      peer.send("HTTP/1.1 101 Switching Protocols\r\nUpgr")
    }
    await #expect {
      try await connect(server)
    } throws: {
      if case .badHandshake? = $0 as? WebSocketError { true } else { false }
    }
  }

  @Test func `endless headers are a bad handshake`() async throws {
    let server = try TestServer { peer in
      peer.readHead()
      peer.send("HTTP/1.1 101 Switching Protocols\r\n")
      while peer.send("X-Filler: \(String(repeating: "x", count: 1000))\r\n") {}
    }
    await #expect {
      try await connect(server)
    } throws: {
      if case .badHandshake? = $0 as? WebSocketError { true } else { false }
    }
  }

  @Test func `connecting to a silent server ends after the time limit`() async throws {
    let closed = AsyncQueue<Bool>()
    let server = try TestServer { peer in closed(peer.waitForClose()) }
    await #expect {
      try await connect(server, timeLimit: .milliseconds(200))
    } throws: {
      if case .transport(let error)? = $0 as? WebSocketError { error.code == .timedOut } else { false }
    }
    #expect(await closed.next() == true)
  }

  @Test func `cancelling the task closes a connection that is being opened`() async throws {
    let heads = AsyncQueue<String>()
    let closed = AsyncQueue<Bool>()
    let server = try TestServer { peer in
      heads(peer.readHead())
      closed(peer.waitForClose())
    }
    let task = Task { _ = try await connect(server) }
    _ = await heads.next()
    task.cancel()
    #expect(await closed.next() == true)
    await #expect(throws: WebSocketError.transport(TransportError(.cancelled))) { try await task.value }
  }

  @Test(arguments: [
    ("ftp://127.0.0.1", TransportError.Code.badURL), ("ws://", .badURL), ("ws://nonexistent.invalid", .nameNotResolved),
  ])
  func `a URL that leads nowhere is a transport error`(url: String, code: TransportError.Code) async throws {
    await #expect {
      try await WebSocket.connect(url, logger: .silent)
    } throws: {
      if case .transport(let error)? = $0 as? WebSocketError { error.code == code } else { false }
    }
  }

  @Test func `a header with a line break is not sent`() async throws {
    await #expect {
      try await WebSocket.connect("ws://127.0.0.1:1", headers: [("Authorization", "Bearer T\r\nX: y")], logger: .silent)
    } throws: {
      guard case .transport(let error)? = $0 as? WebSocketError else { return false }
      return error.code == .badHeader && !error.description.contains("Bearer")
    }
  }
}

@discardableResult
func connect(
  _ server: TestServer, path: String = "/", headers: [(String, String)] = [], timeLimit: Duration = .seconds(20)
) async throws(WebSocketError) -> WebSocket {
  try await WebSocket.connect(
    "ws://127.0.0.1:\(server.port)\(path)", headers: headers, timeLimit: timeLimit, logger: .silent)
}
