import TestSupport
import Testing

@testable import Transport

struct TransportErrorTests {
  static let badURLs = [
    "", "127.0.0.1", "localhost:8065", "ftp://example.com/", "file:///etc/passwd", "ws://example.com", "http://",
    "http:///path", "http://a b/", "http://example.com/\r\nX: y", "http://example.com:99999/",
    "http://user:pw@example.com/",
    "http://[::1/", "http://example.com/\0",
  ]

  @Test(arguments: badURLs) func `an invalid URL is rejected before a connection is opened`(url: String) async throws {
    let error = await #expect(throws: TransportError.self) { try await HTTPClient.test.send(HTTPRequest("GET", url)) }
    #expect(error?.code == .badURL)
    #expect(error?.description.contains("pw") == false)
  }

  static let badHeaders: [(String, String)] = [
    ("Authorization", "Bearer T\r\nX-Evil: 1"), ("Authorization", "Bearer T\n"), ("Authorization", "T\0"),
    ("X\r\nY", "z"), ("", "z"), ("X:", "z"), ("X Y", "z"), ("é", "z"),
  ]

  @Test(arguments: badHeaders.indices)
  func `a header with a line break is rejected without exposing its value`(index: Int) async throws {
    let heads = AsyncQueue<String>()
    let server = try TestServer { peer in
      heads(peer.readHead())
      peer.respond("200 OK")
    }
    let error = await #expect(throws: TransportError.self) {
      try await HTTPClient.test.send(HTTPRequest("GET", server.url, headers: [Self.badHeaders[index]]))
    }
    #expect(error?.code == .badHeader)
    #expect(error?.description.contains("Bearer") == false)
    _ = try await HTTPClient.test.send(HTTPRequest("GET", server.url + "/next"))
    #expect(await heads.next()?.hasPrefix("GET /next ") == true, "the refused request never reached the server")
  }

  @Test func `a method that is not a token is rejected`() async throws {
    let error = await #expect(throws: TransportError.self) {
      try await HTTPClient.test.send(HTTPRequest("GET / HTTP/1.1\r\nX: y", "http://127.0.0.1:1/"))
    }
    #expect(error?.code == .badHeader)
  }

  // curl itself would send it again on a new connection, and the server could process it twice.
  @Test(arguments: ["POST", "GET"])
  func `a POST whose connection ends without a response is not sent again`(method: String) async throws {
    let received = Counter()
    let server = try TestServer { peer in
      while let request = peer.readRequest() {
        received.increment()
        if request.target.hasSuffix("/unanswered"), received.count == 2 { return }
        peer.respond("200 OK")
      }
    }
    let client = HTTPClient.test
    _ = try await client.send(HTTPRequest(method, server.url + "/answered", body: method == "POST" ? .bytes([1]) : nil))
    let second = HTTPRequest(method, server.url + "/unanswered", body: method == "POST" ? .bytes([1]) : nil)
    if method == "GET" {
      #expect(try await client.send(second).status == 200)
      #expect(received.count == 3)
    } else {
      let error = await #expect(throws: TransportError.self) { try await client.send(second) }
      #expect(error?.code == .connectionLost)
      #expect(received.count == 2)
    }
  }

  @Test func `a POST that was sent is lost, not refused, if the server is gone when its connection ends`()
    async throws
  {
    let server = try TestServer { peer in
      while let request = peer.readRequest() {
        guard request.body == "second" else {
          peer.respond("200 OK")
          continue
        }
        let port = request.headers["host"]?.split(separator: ":").last.flatMap { UInt16($0) }
        _ = ListeningSocket.end(port: port ?? 0)
        return
      }
    }
    let client = HTTPClient.test
    _ = try await client.send(HTTPRequest("POST", server.url, body: .bytes(Array("first".utf8))))
    let error = await #expect(throws: TransportError.self) {
      try await client.send(HTTPRequest("POST", server.url, body: .bytes(Array("second".utf8))))
    }
    #expect(error?.code == .connectionLost)
    let next = await #expect(throws: TransportError.self) { try await client.send(HTTPRequest("POST", server.url)) }
    #expect(next?.code == .connectionRefused)
  }

  @Test func `an unknown host name is an error of the name`() async throws {
    let error = await #expect(throws: TransportError.self) {
      try await HTTPClient.test.send(HTTPRequest("GET", "http://nonexistent.invalid/"))
    }
    #expect(error?.code == .nameNotResolved)
    #expect(error?.detail.contains("nonexistent.invalid") == true)
  }

  @Test func `a port on which nothing listens refuses the connection`() async throws {
    let port = try TestServer.closedPort()
    for host in ["127.0.0.1", "localhost", "[::1]"] {
      let error = await #expect(throws: TransportError.self) {
        try await HTTPClient.test.send(HTTPRequest("GET", "http://\(host):\(port)/"))
      }
      #expect(error?.code == .connectionRefused, "\(host): \(error?.detail ?? "")")
    }
  }

  @Test func `a port that does not speak TLS is an error of TLS`() async throws {
    let server = try TestServer { peer in
      _ = peer.read()
      peer.send("HTTP/1.1 400 Bad Request\r\n\r\n")
    }
    let error = await #expect(throws: TransportError.self) {
      try await HTTPClient.test.send(HTTPRequest("GET", "https://127.0.0.1:\(server.port)/"))
    }
    #expect(error?.code == .tlsFailed)
  }

  @Test func `the description of a request contains no secret`() {
    let request = HTTPRequest(
      "GET", "https://h/?key=SECRET", headers: [("Authorization", "SECRET")], body: .bytes([83]))
    var dumped = ""
    dump(request, to: &dumped)
    for text in ["\(request)", String(reflecting: request), dumped] { #expect(!text.contains("SECRET")) }
  }

  @Test func `the description of an error is a single line`() {
    let error = WebSocketError.refused(status: 502, headers: HTTPHeaders(), body: "<html>\r\n\u{1B}[2J\n")
    #expect("\(error)" == "the server refused the WebSocket with status 502: <html>   [2J")
  }

  @Test func `every error code has a text of its own`() {
    for code in TransportError.Code.allCases {
      #expect(!TransportError(code).description.isEmpty)
      #expect(TransportError(code, "host x").description.hasSuffix("(host x)"))
    }
  }
}
