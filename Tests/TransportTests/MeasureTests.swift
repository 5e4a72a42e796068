import Foundation
import TestSupport
import Testing

@testable import Transport

/// Prints how long things take; run with `EDGECRAB_MEASURE=1`.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["EDGECRAB_MEASURE"] != nil), .serialized)
struct MeasureTests {
  @Test func `round trips on loopback`() async throws {
    let server = try TestServer { peer in
      while !peer.readHead().isEmpty { peer.respond("200 OK", body: "x") }
    }
    try await measure("HTTP send and answer", 2000) {
      _ = try await HTTPClient.test.send(HTTPRequest("GET", server.url))
    }

    let echo = try TestServer { peer in
      peer.acceptWebSocket()
      while let frame = peer.readFrame() { peer.send(SocketFrame(opcode: 1, payload: frame.payload)) }
    }
    let socket = try await connect(echo)
    try await measure("WebSocket send and receive", 2000) {
      try await socket.send(text: "x")
      _ = try await socket.receive()
    }
    await socket.close()
  }

  @Test func `a ten-megabyte message`() async throws {
    let message = SocketFrame(opcode: 1, payload: [UInt8](repeating: 97, count: 10 * 1024 * 1024)).bytes
    let server = try TestServer { peer in
      peer.acceptWebSocket()
      while let frame = peer.readFrame(), frame.opcode == 1 { peer.send(message) }
    }
    let socket = try await connect(server)
    try await measure("WebSocket message of 10 MiB", 20) {
      try await socket.send(text: "go")
      _ = try await socket.receive()
    }
    await socket.close()
  }

  @Test func `processor time of an idle WebSocket, whose reader is there or behind`() async throws {
    let server = try TestServer { peer in
      peer.acceptWebSocket(then: (0..<1000).map { .text("\($0)") })
      _ = peer.waitForClose()
    }
    let socket = try await connect(server)
    for round in 1...2 {
      let before = clock()
      try await Task.sleep(for: .seconds(2))
      print("idle for 2 s: \(clock() - before) µs of processor time")
      if round == 1 { for _ in 0..<1000 { _ = try await socket.receive() } }
    }
    await socket.close()
  }

  private func measure(_ name: String, _ count: Int, _ operation: () async throws -> Void) async throws {
    for _ in 0..<10 { try await operation() }
    var times: [Duration] = []
    for _ in 0..<count { times.append(try await ContinuousClock().measure(operation)) }
    times.sort()
    print("\(name): median \(times[count / 2]), 99th percentile \(times[count * 99 / 100]), of \(count)")
  }
}
