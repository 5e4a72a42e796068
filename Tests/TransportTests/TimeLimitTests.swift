import TestSupport
import Testing

@testable import Transport

struct TimeLimitTests {
  static let stalls = ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"]

  @Test(arguments: stalls)
  func `a request to a stalled server ends after the time limit`(response: String) async throws {
    try await expect(.timedOut, from: response, timeLimit: .milliseconds(300))
  }

  @Test(arguments: stalls)
  func `a request to a silent server ends after the idle limit`(response: String) async throws {
    try await expect(.idle, from: response, timeLimit: nil, idleLimit: .milliseconds(300))
  }

  /// Checks that a request ends with `code` and closes its connection, if the server sends `response` and then nothing.
  private func expect(
    _ code: TransportError.Code, from response: String, timeLimit: Duration?, idleLimit: Duration? = nil
  ) async throws {
    let closed = AsyncQueue<Bool>()
    let server = try TestServer { peer in
      peer.readHead()
      peer.send(response)
      closed(peer.waitForClose())
    }
    let error = await #expect(throws: TransportError.self) {
      try await HTTPClient.test.send(HTTPRequest("GET", server.url, timeLimit: timeLimit, idleLimit: idleLimit))
    }
    #expect(error?.code == code)
    #expect(await closed.next() == true)
  }

  @Test func `a response that arrives slowly outlasts the idle limit`() async throws {
    let (sent, limitIsOver) = (AsyncQueue<Int>(), Counter())
    let server = try TestServer { peer in
      peer.readHead()
      peer.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
      var count = 0
      while limitIsOver.count == 0 {
        peer.pause(milliseconds: 50)
        peer.send("x")
        count += 1
        if count == 1 { sent(count) }
      }
      sent(count)
    }
    let idleLimit = Duration.milliseconds(600)
    async let response = HTTPClient.test.send(
      HTTPRequest("GET", server.url, timeLimit: nil, idleLimit: idleLimit))
    _ = try await sent.next("the first byte")
    try await expect(.idle, from: "", timeLimit: nil, idleLimit: idleLimit)
    limitIsOver.increment()
    #expect(try await response.body.count == sent.next("the number of bytes"))
  }

  @Test func `the time of a slow reader does not count towards the idle limit`() async throws {
    let body = [UInt8](repeating: 7, count: 8_000_000)
    let server = try TestServer { peer in
      peer.readHead()
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: \(body.count)\r\n\r\n")
      peer.send(body)
      _ = peer.waitForClose()
    }
    let stream = try await HTTPClient.test.stream(
      HTTPRequest("GET", server.url, timeLimit: nil, idleLimit: .milliseconds(300)))
    var count = 0
    for try await piece in stream {
      // The reader is so slow that a request that is made meanwhile reaches the limit.
      if count == 0 { try await expect(.idle, from: "", timeLimit: nil, idleLimit: .milliseconds(300)) }
      count += piece.count
    }
    #expect(count == body.count)
  }
}
