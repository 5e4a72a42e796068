import Foundation
import HTTPServing
import Logging
import TestSupport
import Testing

struct HTTPServerTests {
  private static let bounds = HTTPServerLimits(
    connectionsMax: 8, headBytesMax: 8 * 1024, bodyBytesMax: 1024, requestTime: .seconds(20), answerTime: .seconds(20))

  private func withServer(
    _ bounds: HTTPServerLimits = bounds, logger: Logger = .silent, _ body: (String) async throws -> Void
  ) async throws {
    let server = try await HTTPServer.start(host: "127.0.0.1", port: 0, limits: bounds, logger: logger) {
      .respond(HTTPServerResponse(200, "\($0.method) \($0.path) \(String(decoding: $0.body, as: UTF8.self))"))
    }
    let result: Result<Void, any Error>
    do { result = .success(try await body("http://127.0.0.1:\(server.port)/a?b=c")) } catch { result = .failure(error) }
    await server.stop()
    try result.get()
  }

  /// Sends bytes on a new connection, and returns everything that is received until the server closes it.
  private func send(_ text: String, to url: String, times: Int = 1) async throws -> String {
    let connection = try RawConnections(1, to: url)
    return await Task.detached {
      for _ in 0..<times { guard connection[0].send(text) else { break } }
      var all: [UInt8] = []
      while let bytes = connection[0].read(), !bytes.isEmpty { all += bytes }
      return String(decoding: all, as: UTF8.self)
    }.value
  }

  private func expectStatus(
    _ status: Int, for text: String, _ url: String, _ location: SourceLocation = #_sourceLocation
  ) async throws {
    let answer = try await send(text, to: url)
    #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer)", sourceLocation: location)
  }

  @Test(.timeLimit(.minutes(1))) func `requests on a connection are answered one after the other`() async throws {
    try await withServer { url in
      let answer = try await RawHTTP.send("POST", url, body: "hello")
      #expect(answer.status == 200 && answer.text == "POST /a hello")
      for (target, path) in [("http://x/whole?a", "/whole"), ("HTTP://x", "/"), ("http://x?a=/", "/"), ("/?b", "/")] {
        let answer = try await send("GET \(target) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", to: url)
        #expect(answer.hasSuffix("GET \(path) "), "\(answer)")
      }
      let two = try await send(
        "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", to: url)
      #expect(two.contains("GET /1 ") && two.hasSuffix("GET /2 "))
    }
  }

  @Test(.timeLimit(.minutes(1))) func `new connections are answered at the limit, and the longest idle ones closed`()
    async throws
  {
    let messages = AsyncQueue<String>()
    try await withServer(logger: Logger(label: "test") { _ in QueueLogHandler(messages: messages) }) { url in
      let idle = try RawConnections(30, to: url)
      #expect(try await RawHTTP.send("GET", url).status == 200)
      try await wait(for: "all but 8 to be closed") { idle.closedByServer >= 22 }
      #expect(try await messages.next("a word on it").contains("8 connections are open"))
      #expect(try await RawHTTP.send("GET", url).status == 200)
    }
  }

  @Test(.timeLimit(.minutes(1))) func `ten megabytes of headers are refused, as one header or as many`() async throws {
    try await withServer { url in
      let line = "X-Long: " + String(repeating: "x", count: 10_000) + "\r\n"
      try await expectStatus(400, for: line, url)
      for (start, more) in [
        ("GET / HTTP/1.1\r\nX: ", String(repeating: "x", count: 100_000)),
        ("GET / HTTP/1.1\r\n", String(repeating: line, count: 10)),
        ("GET / HTTP/1.1\r\n", String(repeating: "a:b\r\n", count: 20_000)),
        ("GET /", String(repeating: "x", count: 100_000)),
      ] {
        let connection = try RawConnections(1, to: url)
        let answer = await Task.detached {
          connection[0].send(start)
          for _ in 0..<100 { guard connection[0].send(more) else { break } }
          return String(decoding: connection[0].read() ?? [], as: UTF8.self)
        }.value
        #expect(answer.hasPrefix("HTTP/1.1 431 "), "\(answer)")
      }
      #expect(try await RawHTTP.send("GET", url).status == 200)
    }
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: ["\u{0}\u{1}garbage\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/1.1\r\nno colon\r\n\r\n"])
  func `what is no HTTP is refused`(garbage: String) async throws {
    try await withServer { url in try await expectStatus(400, for: garbage, url) }
  }

  @Test(.timeLimit(.minutes(1))) func `a body over the limit is refused, with or without a Content-Length`()
    async throws
  {
    try await withServer { url in
      let head = "POST / HTTP/1.1\r\nHost: x\r\n"
      try await expectStatus(413, for: head + "Content-Length: 2000\r\n\r\n", url)
      let chunked = "Transfer-Encoding: chunked\r\n\r\n7d0\r\n" + String(repeating: "x", count: 2000) + "\r\n0\r\n\r\n"
      try await expectStatus(413, for: head + chunked, url)
    }
  }

  @Test(.timeLimit(.minutes(1))) func `a request that arrives too slowly is ended, and so is an idle connection`()
    async throws
  {
    var bounds = Self.bounds
    bounds.requestTime = .milliseconds(100)
    try await withServer(bounds) { url in
      let connections = try RawConnections(2, to: url)
      let answers = await Task.detached {
        _ = connections[0].sendUntilClosed(Array("X".utf8))
        return [connections[1].read()]
      }.value
      #expect(answers == [[]])
      try await expectStatus(408, for: "GET / HTTP/1.1\r\n", url)
    }
  }

  @Test(.timeLimit(.minutes(1))) func `a client that has closed its side is answered`() async throws {
    try await withServer { url in
      let connection = try RawConnections(1, to: url)
      let answer = await Task.detached {
        connection[0].send("GET /half HTTP/1.1\r\nHost: x\r\n\r\n")
        connection[0].endInput()
        return String(decoding: connection[0].readExactly(10_000), as: UTF8.self)
      }.value
      #expect(answer.hasSuffix("GET /half "))
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `without file descriptors, the server closes idle connections, waits, and accepts again`()
    async throws
  {
    var bounds = Self.bounds
    bounds.connectionsMax = 100
    let messages = AsyncQueue<String>()
    try await withServer(bounds, logger: Logger(label: "test") { _ in QueueLogHandler(messages: messages) }) { url in
      defer { OpenFileLimit.raise() }
      let idle = try RawConnections(20, to: url) { OpenFileLimit.allow(2) }
      #expect(try await messages.next("word of it").contains("cannot accept a connection"))
      try await wait(for: "idle connections to be closed") { idle.closedByServer > 2 }
      OpenFileLimit.raise()
      #expect(try await RawHTTP.send("GET", url).status == 200)
    }
  }

  @Test(.timeLimit(.minutes(1))) func `a listener that ends is restarted and logged`() async throws {
    let messages = AsyncQueue<String>()
    try await withServer(logger: Logger(label: "test") { _ in QueueLogHandler(messages: messages) }) { url in
      let port = try #require(URL(string: url)?.port)
      #expect(ListeningSocket.end(port: UInt16(port)))
      var said: [String] = []
      while said.last?.contains("was started again") != true { said.append(try await messages.next("the restart")) }
      #expect(said.contains { $0.contains("the listener has ended") })
      #expect(try await RawHTTP.send("GET", url).status == 200)
    }
  }

  @Test(.timeLimit(.minutes(1))) func `stopping cancels running answers, and hanging up sends nothing`()
    async throws
  {
    let asked = AsyncQueue<String>()
    let server = try await HTTPServer.start(host: "127.0.0.1", port: 0, limits: Self.bounds, logger: .silent) {
      request in
      asked(request.path)
      if request.path == "/hang-up" { return .hangUp }
      await waitForCancellation()
      return .respond(HTTPServerResponse(200))
    }
    let url = "http://127.0.0.1:\(server.port)"
    #expect(try await send("GET /hang-up HTTP/1.1\r\nHost: x\r\n\r\n", to: url) == "")
    async let answer = send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n", to: url)
    while try await asked.next("a request") != "/wait" {}
    await server.stop()
    #expect(try await answer == "")
  }
}
