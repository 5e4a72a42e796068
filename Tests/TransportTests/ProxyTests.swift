import Logging
import TestSupport
import Testing

@testable import Transport

struct ProxyTests {
  func settings(_ port: UInt16) -> ConnectionSettings { ConnectionSettings(proxy: "http://127.0.0.1:\(port)") }

  @Test func `an HTTP request is sent through the proxy, which resolves the name`() async throws {
    let requests = AsyncQueue<String>()
    let proxy = try TestServer { peer in
      requests(peer.readHead())
      peer.respond("200 OK", body: "by proxy")
    }
    let client = HTTPClient(logger: .silent, settings: settings(proxy.port))
    let response = try await client.send(HTTPRequest("GET", "http://mattermost.invalid/x"))
    #expect(response.body == Array("by proxy".utf8))
    #expect(await requests.next()?.hasPrefix("GET http://mattermost.invalid/x HTTP/1.1\r\n") == true)
  }

  @Test func `a WebSocket is tunnelled through the proxy`() async throws {
    let requests = AsyncQueue<String>()
    let proxy = try TestServer { peer in
      requests(peer.readHead())
      peer.send("HTTP/1.1 200 Connection established\r\n\r\n")
      peer.acceptWebSocket(then: [.text("through")])
      _ = peer.waitForClose()
    }
    let socket = try await WebSocket.connect(
      "ws://mattermost.invalid/", headers: [("Authorization", "Bearer T")], timeLimit: .seconds(20), logger: .silent,
      settings: settings(proxy.port))
    #expect(try await socket.receive() == .text("through"))
    let request = try #require(await requests.next())
    #expect(request.hasPrefix("CONNECT mattermost.invalid:80 HTTP/1.1\r\n"))
    #expect(!request.contains("Bearer"))
  }

  @Test(arguments: ["407 Proxy Authentication Required", "403 Forbidden", "502 Bad Gateway"])
  func `a proxy that does not connect is an error of the proxy`(status: String) async throws {
    let proxy = try TestServer { peer in
      peer.readHead()
      peer.respond(status)
    }
    let client = HTTPClient(logger: .silent, settings: settings(proxy.port))
    let error = await #expect(throws: TransportError.self) {
      try await client.send(HTTPRequest("GET", "https://mattermost.invalid/"))
    }
    #expect(error?.code == .proxyFailed)
    await #expect {
      try await WebSocket.connect(
        "ws://mattermost.invalid/", headers: [], timeLimit: .seconds(20), logger: .silent,
        settings: settings(proxy.port))
    } throws: {
      if case .transport(let error)? = $0 as? WebSocketError { error.code == .proxyFailed } else { false }
    }
  }

  @Test(arguments: ["http://mattermost.invalid/", "https://mattermost.invalid/"])
  func `a proxy on which nothing listens is an error of the proxy`(url: String) async throws {
    let client = HTTPClient(logger: .silent, settings: settings(try TestServer.closedPort()))
    let error = await #expect(throws: TransportError.self) { try await client.send(HTTPRequest("GET", url)) }
    #expect(error?.code == .proxyFailed, "\(error?.detail ?? "")")
  }

  @Test func `a proxy with an unknown name is an error of the proxy`() async throws {
    let client = HTTPClient(logger: .silent, settings: ConnectionSettings(proxy: "http://proxy.invalid:3128"))
    let error = await #expect(throws: TransportError.self) {
      try await client.send(HTTPRequest("GET", "http://mattermost.invalid/"))
    }
    #expect(error?.code == .proxyFailed)
  }
}
