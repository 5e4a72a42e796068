import TestSupport
import Testing

@testable import Transport

struct HTTPStreamTests {
  @Test func `a stream yields the head first, and chunks as they are sent`() async throws {
    let goOn = TestGate()
    let server = try TestServer { peer in
      peer.readHead()
      peer.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
      goOn.wait()
      // The two bytes of `é`, cut apart.
      peer.send("1\r\n".utf8 + [0xC3] + "\r\n".utf8)
      goOn.wait()
      peer.send("1\r\n".utf8 + [0xA9] + "\r\n0\r\n\r\n".utf8)
    }
    let stream = try await HTTPClient.test.stream(HTTPRequest("GET", server.url))
    #expect(stream.status == 200)
    #expect(stream.headers["content-type"] == "text/event-stream")
    var iterator = stream.makeAsyncIterator()
    goOn.open()
    #expect(try await iterator.next() == [0xC3])
    goOn.open()
    #expect(try await iterator.next() == [0xA9])
    #expect(try await iterator.next() == nil)
    #expect(try await iterator.next() == nil)
  }

  @Test func `bytes received before a failure are read before the error`() async throws {
    let server = try TestServer { peer in
      peer.readHead()
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
    }
    var iterator = try await HTTPClient.test.stream(HTTPRequest("GET", server.url)).makeAsyncIterator()
    #expect(try await iterator.next() == Array("half".utf8))
    for _ in 1...2 {
      let error = await #expect(throws: TransportError.self) { try await iterator.next() }
      #expect(error?.code == .connectionLost)
    }
  }

  @Test func `a slow reader of a stream makes the server wait, and loses nothing`() async throws {
    let (count, size) = (300, 100_000)
    let stalls = AsyncQueue<Int>()
    let server = try TestServer { peer in
      peer.readHead()
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: \(count * size)\r\n\r\n")
      for number in 0..<count {
        peer.send([UInt8](repeating: UInt8(number % 256), count: size)) { stalls(number) }
      }
      _ = peer.waitForClose()
    }
    let stream = try await HTTPClient.test.stream(
      HTTPRequest("GET", server.url, timeLimit: nil, bodyBytesMax: count * size))
    // The sockets' own buffers take some MiB before the server has to wait.
    #expect(try #require(await stalls.next()) < count)
    var received = 0
    for try await piece in stream {
      #expect(piece.first == UInt8(received / size % 256))
      received += piece.count
    }
    #expect(received == count * size)
  }

  @Test func `cancelling the reader of a stream closes the connection`() async throws {
    let closed = AsyncQueue<Bool>()
    let server = try TestServer { peer in
      peer.readHead()
      peer.send("HTTP/1.1 200 OK\r\n\r\npart")
      closed(peer.waitForClose())
    }
    let pieces = AsyncQueue<[UInt8]>()
    let reader = Task {
      let stream = try await HTTPClient.test.stream(HTTPRequest("GET", server.url, timeLimit: nil))
      for try await piece in stream { pieces(piece) }
    }
    #expect(await pieces.next() == Array("part".utf8))
    reader.cancel()
    #expect(await closed.next() == true)
    await #expect(throws: TransportError(.cancelled)) { try await reader.value }
  }

  @Test func `cancelling before the head closes the connection`() async throws {
    let heads = AsyncQueue<String>()
    let closed = AsyncQueue<Bool>()
    let server = try TestServer { peer in
      heads(peer.readHead())
      closed(peer.waitForClose())
    }
    let sender = Task { _ = try await HTTPClient.test.send(HTTPRequest("GET", server.url, timeLimit: nil)) }
    _ = await heads.next()
    sender.cancel()
    #expect(await closed.next() == true)
    await #expect(throws: TransportError(.cancelled)) { try await sender.value }
  }

  @Test func `a cancelled task sends no request`() async throws {
    let server = try TestServer { _ = $0.waitForClose() }
    let sender = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      _ = try await HTTPClient.test.send(HTTPRequest("GET", server.url, timeLimit: nil))
    }
    await #expect(throws: TransportError(.cancelled)) { try await sender.value }
  }

  @Test(arguments: [0, 1]) func `releasing a stream closes the connection`(piecesRead: Int) async throws {
    let closed = AsyncQueue<Bool>()
    let server = try TestServer { peer in
      peer.readHead()
      peer.send("HTTP/1.1 200 OK\r\n\r\npart")
      closed(peer.waitForClose())
    }
    do {
      var iterator = try await HTTPClient.test.stream(HTTPRequest("GET", server.url, timeLimit: nil))
        .makeAsyncIterator()
      for _ in 0..<piecesRead { _ = try await iterator.next() }
    }
    #expect(await closed.next() == true)
  }

  @Test func `releasing a paused stream closes the connection`() async throws {
    let closed = AsyncQueue<Bool>()
    let server = try TestServer { peer in
      peer.readHead()
      peer.send("HTTP/1.1 200 OK\r\n\r\n")
      while peer.send([UInt8](repeating: 0, count: 65536)) {}
      closed(true)
    }
    do {
      var iterator = try await HTTPClient.test.stream(HTTPRequest("GET", server.url, timeLimit: nil))
        .makeAsyncIterator()
      _ = try await iterator.next()
    }
    #expect(await closed.next() == true)
  }
}
