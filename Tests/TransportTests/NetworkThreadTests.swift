import Core
import Glibc
import TestSupport
import Testing

@testable import Transport

@Suite(.timeLimit(.minutes(1)))
struct NetworkThreadTests {
  @Test func `a task that prefers the thread sends and receives on it`() async throws {
    let server = try TestServer { peer in
      while !peer.readHead().isEmpty { peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") }
    }
    try await onNetworkThread {
      let thread = pthread_self()
      #expect(CurlLoop.shared.executor.isCurrent)
      let response = try await HTTPClient.test.send(HTTPRequest("GET", server.url))
      #expect(response.body == Array("ok".utf8))
      #expect(pthread_self() == thread)
      let child = Task(executorPreference: Task.preferredExecutor) { pthread_self() }
      #expect(await child.value == thread)
    }
    #expect(!CurlLoop.shared.executor.isCurrent)
  }

  @Test func `tasks that never wait leave time for the sockets`() async throws {
    let server = try TestServer { peer in
      peer.readHead()
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    }
    try await onNetworkThread {
      let busy = Task(executorPreference: Task.preferredExecutor) {
        while !Task.isCancelled { await Task.yield() }
      }
      defer { busy.cancel() }
      let response = try await HTTPClient.test.send(HTTPRequest("GET", server.url))
      #expect(response.status == 200)
      try await Task.sleep(for: .milliseconds(1), clock: .preferred)
    }
  }

  @Test func `sleeps end in the order of their deadlines`() async throws {
    try await onNetworkThread {
      let start = ContinuousClock.now
      let order = try await withThrowingTaskGroup(of: Int.self) { group in
        for number in [3, 1, 2] {
          group.addTask {
            try await Task.sleep(until: start + .milliseconds(20 * number), clock: .preferred)
            return number
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(order == [1, 2, 3])
      #expect(ContinuousClock.now - start >= .milliseconds(60))
    }
  }

  @Test(arguments: [true, false])
  func `cancelling a task ends its sleep, or its wait for a message`(isSleep: Bool) async throws {
    let server = try TestServer { peer in
      peer.acceptWebSocket()
      _ = peer.waitForClose()
    }
    try await onNetworkThread {
      let socket = try await WebSocket.connect(server.url, logger: .silent)
      let waiting = Task(executorPreference: Task.preferredExecutor) {
        if isSleep {
          try await Task.sleep(for: .seconds(3_600), clock: .preferred)
        } else {
          _ = try await socket.receive()
        }
      }
      await Task.yield()
      waiting.cancel()
      await #expect(throws: (any Error).self) { try await waiting.value }
      // A task that is cancelled before it begins to wait.
      let late = Task(executorPreference: Task.preferredExecutor) {
        while !Task.isCancelled { await Task.yield() }
        if isSleep {
          try await Task.sleep(for: .seconds(3_600), clock: .preferred)
        } else {
          _ = try await socket.receive()
        }
      }
      late.cancel()
      await #expect(throws: (any Error).self) { try await late.value }
    }
  }

  @Test func `a close frame is sent although the server does not answer it, and the connection is released`()
    async throws
  {
    let frames = AsyncQueue<SocketFrame?>()
    let closed = AsyncQueue<Bool>()
    let server = try TestServer { peer in
      peer.acceptWebSocket()
      frames(peer.readFrame())
      closed(peer.waitForClose())
    }
    try await onNetworkThread {
      let socket = try await WebSocket.connect(server.url, logger: .silent)
      let cancelled = Task(executorPreference: Task.preferredExecutor) {
        while !Task.isCancelled { await Task.yield() }
        await socket.close()
      }
      cancelled.cancel()
      await cancelled.value
    }
    #expect(try #require(await frames.next())?.payload == [0x03, 0xE8])
    #expect(await closed.next() == true)
  }

  private func onNetworkThread(_ body: @escaping @Sendable () async throws -> Void) async throws {
    try await Task(executorPreference: NetworkThread.shared) { try await body() }.value
  }
}
