import Foundation
import Sandbox
import TestSupport
import Testing

/// Clients with very many connections.
@Suite struct ConnectionFloodTests {
  /// Returns a command line that runs the rest with a limit of descriptors.
  private static func under(_ descriptors: Int) -> [String] {
    ["/bin/sh", "-c", "ulimit -n \(descriptors); exec \"$0\" \"$@\""]
  }

  private func gateway(
    on sandbox: SandboxServer, descriptors: Int
  ) async throws -> (process: EdgecrabProcess, health: String) {
    let process = try EdgecrabProcess(
      ["gateway", "start", "--health", "0"],
      environment: ["MATTERMOST_URL": sandbox.url, "MATTERMOST_TOKEN": sandbox.botToken],
      through: Self.under(descriptors))
    try await process.says("Connected.")
    let health = try #require(process.said.split(whereSeparator: \.isWhitespace).first { $0.hasSuffix("/health") })
    return (process, String(health))
  }

  @Test(.timeLimit(.minutes(2)), arguments: [1_024, 64])
  func `health is answered during and after 1,001 idle connections`(descriptors: Int) async throws {
    try await withSandbox { sandbox in
      let (process, health) = try await gateway(on: sandbox, descriptors: descriptors)
      let idle = try RawConnections(1_001, to: health)
      #expect(try await RawHTTP.send("GET", health).status == 200)
      idle.end()
      #expect(try await RawHTTP.send("GET", health).status == 200)
      process.terminate()
      let ended = try await process.ended()
      #expect(ended.status == 0 && ended.errors.contains("connections are open"), "\(process.said)")
    }
  }

  @Test(.timeLimit(.minutes(2)), arguments: [1_024, 64])
  func `a sandbox answers during and after 1,200 idle connections, preserves its event sockets, and logs that`(
    descriptors: Int
  ) async throws {
    let process = try EdgecrabProcess(["sandbox"], through: Self.under(descriptors))
    try await process.says("MATTERMOST_TOKEN=")
    let url = try #require(Self.value(of: "MATTERMOST_URL", in: process.said))
    let token = try #require(Self.value(of: "MATTERMOST_TOKEN", in: process.said))
    let socket = try await RawWebSocket.connect(
      url + "/api/v4/websocket", headers: [("Authorization", "Bearer \(token)")])
    let idle = try RawConnections(1_200, to: url)
    #expect(try await RawHTTP.send("GET", url + "/api/v4/system/ping").status == 200)
    idle.end()
    #expect(try await RawHTTP.send("GET", url + "/api/v4/system/ping").status == 200)
    try await socket.send(opcode: 0x9)
    while true {
      let message = try await socket.next()
      if message == .pong { break }
      try #require(message != .ended, "the event socket has ended")
    }
    process.terminate()
    let ended = try await process.ended()
    #expect(ended.status == 0)
    let words = ["connections are open", "cannot accept a connection"]
    #expect(words.contains { ended.errors.contains($0) }, "\(process.said)")
  }

  private static func value(of variable: String, in text: String) -> String? {
    text.split(whereSeparator: \.isWhitespace).first { $0.hasPrefix("\(variable)=") }
      .map { String($0.dropFirst(variable.count + 1)) }
  }
}
