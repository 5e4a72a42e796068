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
    let taken = AsyncQueue<Bool>()
    let server = try TestServer { peer in
      peer.readHead()
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n")
      // The drip itself is the time here: eight times 100 ms are more than the idle limit of 600 ms.
      for _ in 0..<8 {
        peer.pause(milliseconds: 100)
        peer.send("x")
      }
      taken(peer.waitForClose())
    }
    let response = try await HTTPClient.test.send(
      HTTPRequest("GET", server.url, timeLimit: nil, idleLimit: .milliseconds(600)))
    #expect(response.body.count == 8)
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
      HTTPRequest("GET", server.url, timeLimit: nil, idleLimit: .seconds(1)))
    var count = 0
    for try await piece in stream {
      // This tests a slow reader, so that time has to pass.
      if count == 0 { try await Task.sleep(for: .seconds(2)) }
      count += piece.count
    }
    #expect(count == body.count)
  }
}
