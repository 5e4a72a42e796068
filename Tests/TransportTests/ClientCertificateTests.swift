import Logging
import TestSupport
import Testing

@testable import Transport

@Suite(.enabled(if: TLSServer.isAvailable, "needs /usr/bin/openssl")) struct ClientCertificateTests {
  private let folder: TemporaryFolder
  private let own: TLSServer.Identity

  init() throws {
    folder = try TemporaryFolder()
    own = try TLSServer.Identity(in: folder, named: "client")
  }

  private func settings(_ server: TLSServer, showing identity: TLSServer.Identity?) -> ConnectionSettings {
    ConnectionSettings(
      certificateFile: server.certificateFile,
      clientCertificate: identity.map {
        ClientCertificate(certificateFile: $0.certificateFile, keyFile: $0.keyFile)
      })
  }

  private func get(_ server: TLSServer, showing identity: TLSServer.Identity?) async throws -> HTTPResponse {
    try await HTTPClient(logger: .silent, settings: settings(server, showing: identity))
      .send(HTTPRequest("GET", "https://localhost:\(server.port)/"))
  }

  private func connect(_ server: TLSServer, showing identity: TLSServer.Identity?) async throws -> WebSocket {
    try await WebSocket.connect(
      "wss://localhost:\(server.port)/", headers: [], timeLimit: .seconds(20), logger: .silent,
      settings: settings(server, showing: identity))
  }

  @Test func `a client certificate is sent to a server that requests it, over HTTP and WebSocket`() async throws {
    let server = try TLSServer(client: own) { peer in
      peer.readHead()
      peer.respond("200 OK", body: "welcome")
    }
    #expect(try await get(server, showing: own).body == Array("welcome".utf8))
    let socketServer = try TLSServer(client: own) { $0.acceptWebSocket(then: [.text("welcome")]) }
    #expect(try await connect(socketServer, showing: own).receive() == .text("welcome"))
  }

  @Test func `a missing or wrong client certificate is an error of its own`() async throws {
    let another = try TLSServer.Identity(in: folder, named: "another")
    for identity in [nil, another] {
      let server = try TLSServer(client: own) { $0.readHead() }
      let error = await #expect(throws: TransportError.self) { try await get(server, showing: identity) }
      #expect(error?.code == .clientCertificate, "\(error?.detail ?? "")")
      let socketServer = try TLSServer(client: own) { $0.readHead() }
      await #expect {
        _ = try await connect(socketServer, showing: identity)
      } throws: {
        if case .transport(let error)? = $0 as? WebSocketError { error.code == .clientCertificate } else { false }
      }
    }
  }

  @Test func `unusable certificate files are an error, and the password of a key is not prompted for`() async throws {
    let locked = try TLSServer.Identity(in: folder, named: "locked", password: "secret")
    let server = try TLSServer(client: own) { $0.readHead() }
    let noPassword = await #expect(throws: TransportError.self) { try await get(server, showing: locked) }
    #expect(noPassword?.code == .clientCertificate, "\(noPassword?.detail ?? "")")
    let client = HTTPClient(
      logger: .silent, certificate: ClientCertificate(certificateFile: "/nonexistent.pem", keyFile: "/nonexistent.pem"))
    let missing = await #expect(throws: TransportError.self) {
      try await client.send(HTTPRequest("GET", "https://localhost:\(server.port)/"))
    }
    #expect(missing?.code == .clientCertificate, "\(missing?.detail ?? "")")
  }

  @Test func `an IPv6 address in a URL is reached, with TLS for that address`() async throws {
    let server = try TLSServer(host: "[::1]") { peer in
      peer.readHead()
      peer.respond("200 OK", body: "six")
    }
    let settings = settings(server, showing: nil)
    let response = try await HTTPClient(logger: .silent, settings: settings)
      .send(HTTPRequest("GET", "https://[::1]:\(server.port)/"))
    #expect(response.body == Array("six".utf8))
    let socketServer = try TLSServer(host: "[::1]") { $0.acceptWebSocket(then: [.text("six")]) }
    let socket = try await WebSocket.connect(
      "wss://[::1]:\(socketServer.port)/", headers: [], timeLimit: .seconds(20), logger: .silent,
      settings: self.settings(socketServer, showing: nil))
    #expect(try await socket.receive() == .text("six"))
  }
}
