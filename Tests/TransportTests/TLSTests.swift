import Logging
import TestSupport
import Testing

@testable import Transport

@Suite(.enabled(if: TLSServer.isAvailable, "needs /usr/bin/openssl")) struct TLSTests {
  @Test func `a certificate of an unknown issuer is rejected`() async throws {
    let server = try TLSServer { $0.readHead() }
    let url = "https://localhost:\(server.port)/"
    let error = await #expect(throws: TransportError.self) { try await HTTPClient.test.send(HTTPRequest("GET", url)) }
    #expect(error?.code == .certificateRejected)
    await #expect {
      try await WebSocket.connect(url, logger: .silent)
    } throws: {
      if case .transport(let error)? = $0 as? WebSocketError { error.code == .certificateRejected } else { false }
    }
  }

  @Test func `a certificate for another name is rejected`() async throws {
    let server = try TLSServer { $0.readHead() }
    let client = HTTPClient(
      logger: .silent, settings: ConnectionSettings(certificateFile: server.certificateFile))
    let error = await #expect(throws: TransportError.self) {
      try await client.send(HTTPRequest("GET", "https://127.0.0.1:\(server.port)/"))
    }
    #expect(error?.code == .certificateRejected)
  }

  @Test func `a server with a trusted certificate is accepted`() async throws {
    let server = try TLSServer { peer in
      peer.readHead()
      peer.respond("200 OK", body: "secret")
    }
    let client = HTTPClient(
      logger: .silent, settings: ConnectionSettings(certificateFile: server.certificateFile))
    let response = try await client.send(HTTPRequest("GET", "https://localhost:\(server.port)/"))
    #expect(response.body == Array("secret".utf8))
  }

  @Test func `a missing file of trusted certificates is an error of TLS`() async throws {
    let server = try TLSServer { $0.readHead() }
    let client = HTTPClient(logger: .silent, settings: ConnectionSettings(certificateFile: "/nonexistent.pem"))
    let error = await #expect(throws: TransportError.self) {
      try await client.send(HTTPRequest("GET", "https://localhost:\(server.port)/"))
    }
    #expect(error?.code == .tlsFailed)
  }

  @Test func `large WebSocket messages are sent and received over TLS`() async throws {
    let server = try TLSServer { peer in
      peer.acceptWebSocket(then: [.text("first")])
      while let frame = peer.readFrame(), frame.opcode == 1 {
        peer.send(SocketFrame(opcode: 1, payload: frame.payload))
      }
      peer.send(.close(1000))
    }
    let socket = try await WebSocket.connect(
      "wss://localhost:\(server.port)/", headers: [], timeLimit: .seconds(20), logger: .silent,
      settings: ConnectionSettings(certificateFile: server.certificateFile))
    #expect(try await socket.receive() == .text("first"))
    for text in ["x", String(repeating: "0123456789", count: 300_000), "y"] {
      try await socket.send(text: text)
      #expect(try await socket.receive() == .text(text))
    }
    await socket.close()
  }
}
