import TestSupport
import Testing

@testable import Transport

struct HTTPTransferTests {
  @Test func `a request is sent as given, and its response is returned`() async throws {
    let requests = AsyncQueue<String>()
    let server = try TestServer { peer in
      let head = peer.readHead()
      requests(head + String(decoding: peer.readExactly(5), as: UTF8.self))
      peer.respond("201 Created", headers: ["X-Thing: one", "x-thing: two"], body: "made")
    }
    let response = try await HTTPClient.test.send(
      HTTPRequest(
        "POST", server.url + "/a?b=c#d", headers: [("Authorization", "Bearer T"), ("X-Empty", "")],
        body: .bytes(Array("hello".utf8))))
    #expect(response.status == 201)
    #expect(response.headers["X-THING"] == "one")
    #expect(response.body == Array("made".utf8))
    let request = try #require(await requests.next())
    #expect(request.hasPrefix("POST /a?b=c HTTP/1.1\r\n"))
    #expect(request.contains("\r\nAuthorization: Bearer T\r\n"))
    #expect(request.contains("\r\nX-Empty:\r\n"))
    #expect(request.contains("\r\nUser-Agent: edgecrab/"))
    #expect(request.contains("\r\nAccept-Encoding: "))
    #expect(request.contains("gzip"))
    #expect(!request.contains("Expect:"))
    #expect(!request.contains("Content-Type:"))
    #expect(request.hasSuffix("hello"))
  }

  @Test(arguments: [("GET", false), ("DELETE", false), ("HEAD", false), ("POST", true), ("PUT", true), ("PATCH", true)])
  func `a request without a body has a Content-Length if its method expects a body`(method: String, announces: Bool)
    async throws
  {
    let requests = AsyncQueue<String>()
    let server = try TestServer { peer in
      requests(peer.readHead())
      peer.send("HTTP/1.1 204 No Content\r\n\r\n")
    }
    let response = try await HTTPClient.test.send(HTTPRequest(method, server.url))
    #expect(response.status == 204 && response.body.isEmpty)
    let request = try #require(await requests.next())
    #expect(request.hasPrefix("\(method) / HTTP/1.1\r\n"))
    #expect(request.contains("\r\nContent-Length: 0\r\n") == announces)
    #expect(!request.contains("Transfer-Encoding"))
  }

  @Test func `a body over a megabyte is sent without waiting for 100 Continue`() async throws {
    let sizes = AsyncQueue<Int>()
    let server = try TestServer { peer in
      peer.readHead()
      sizes(peer.readExactly(2_000_000).count)
      peer.respond("200 OK")
    }
    _ = try await HTTPClient.test.send(
      HTTPRequest("PUT", server.url, body: .bytes([UInt8](repeating: 1, count: 2_000_000))))
    #expect(await sizes.next() == 2_000_000)
  }

  /// Responses byte for byte, and the results that they have.
  static let responses: [(response: [UInt8], status: Int, body: String)] =
    [
      ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello"),
      (
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;a=b\r\nllo\r\n0\r\nTrailer: x\r\n\r\n", 200,
        "hello"
      ),
      ("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end", 200, "until the end"),
      ("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1", 200, "1"),
      ("HTTP/1.1 204 No Content\r\n\r\n", 204, ""),
      ("HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", 301, ""),
      ("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\nContent-Length: 2\r\n\r\nno", 401, "no"),
      (
        "HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>", 502,
        "<html></html>"
      ),
      ("HTTP/1.0 200 OK\r\n\r\nold", 200, "old"),
    ].map { (Array($0.0.utf8), $0.1, $0.2) }
    + [
      // `printf 'hello, hello, hello' | gzip -n9`
      (
        Array("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 29\r\n\r\n".utf8) + [
          0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0xd7, 0x51, 0xc8,
          0x40, 0xa2, 0x00, 0x9f, 0xa1, 0xca, 0x09, 0x13, 0x00, 0x00, 0x00,
        ], 200, "hello, hello, hello"
      )
    ]

  @Test(arguments: responses.indices, [true, false])
  func `every form of response is read, whole or byte by byte`(index: Int, inOnePiece: Bool) async throws {
    let (response, status, body) = Self.responses[index]
    let requests = AsyncQueue<String>()
    let server = try TestServer { peer in
      requests(peer.readHead())
      if inOnePiece { peer.send(response) } else { for byte in response { peer.send([byte]) } }
    }
    let result = try await HTTPClient.test.send(HTTPRequest("GET", server.url))
    #expect(result.status == status)
    #expect(String(decoding: result.body, as: UTF8.self) == body)
  }

  static let brokenResponses: [(String, TransportError.Code)] = [
    ("", .connectionLost),
    ("HTTP/1.1 200 OK\r\nContent-Le", .connectionLost),
    ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", .connectionLost),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nha", .connectionLost),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", .connectionLost),
    ("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 8\r\n\r\nnot gzip", .protocolViolation),
    ("220 mail.example.com ESMTP\r\n", .protocolViolation),
    ("<html>an ancient server</html>\r\n", .protocolViolation),
    ("HTTP/1.1 200 OK\r\nX: \(String(repeating: "x", count: 70_000))\r\n\r\n", .tooLarge),
    ("HTTP/1.1 200 OK\r\nX: \(String(repeating: "x", count: 200_000))\r\n\r\n", .protocolViolation),
    ("HTTP/1.1 200 OK\r\n\(String(repeating: "X: y\r\n", count: 20_000))\r\n", .tooLarge),
    ("HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n", .tooLarge),
  ]

  @Test(arguments: brokenResponses.indices)
  func `a broken response is an error, not a truncated body`(index: Int) async throws {
    let (response, code) = Self.brokenResponses[index]
    let server = try TestServer { peer in
      peer.readHead()
      peer.send(response)
    }
    let error = await #expect(throws: TransportError.self) {
      try await HTTPClient.test.send(HTTPRequest("GET", server.url))
    }
    #expect(error?.code == code, "\(error?.detail ?? "")")
  }

  @Test func `a connection that is reset is lost`() async throws {
    let server = try TestServer { peer in
      peer.readHead()
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
      peer.reset()
    }
    let error = await #expect(throws: TransportError.self) {
      try await HTTPClient.test.send(HTTPRequest("GET", server.url))
    }
    #expect(error?.code == .connectionLost)
  }

  @Test func `a body over the limit is an error and closes the connection`() async throws {
    let closed = AsyncQueue<Bool>()
    let server = try TestServer { peer in
      peer.readHead()
      peer.send("HTTP/1.1 200 OK\r\n\r\n")
      while peer.send([UInt8](repeating: 0, count: 65536)) {}
      closed(true)
    }
    let error = await #expect(throws: TransportError.self) {
      try await HTTPClient.test.send(HTTPRequest("GET", server.url, bodyBytesMax: 1_000_000))
    }
    #expect(error?.code == .tooLarge)
    #expect(await closed.next() == true)
  }

  @Test func `connections are reused`() async throws {
    let connections = Counter()
    let server = try TestServer { peer in
      connections.increment()
      while !peer.readHead().isEmpty { peer.respond("200 OK", body: "x") }
    }
    // Other tests share the cache of idle connections and may evict those of this test, so that not all are reused.
    for _ in 1...20 { _ = try await HTTPClient.test.send(HTTPRequest("GET", server.url)) }
    #expect(connections.count < 20)
  }

  @Test func `fifty requests at a time all complete`() async throws {
    let server = try TestServer { peer in
      let head = peer.readHead()
      peer.respond("200 OK", body: String(head.split(separator: " ")[1]))
    }
    let bodies = try await withThrowingTaskGroup(of: [UInt8].self) { group in
      for number in 0..<50 {
        group.addTask { try await HTTPClient.test.send(HTTPRequest("GET", server.url + "/\(number)")).body }
      }
      return try await group.reduce(into: Set()) { $0.insert(String(decoding: $1, as: UTF8.self)) }
    }
    #expect(bodies == Set((0..<50).map { "/\($0)" }))
  }
}
