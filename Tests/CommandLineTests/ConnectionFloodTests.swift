import Foundation
import Sandbox
import TestSupport
import Testing

/// Issue 11, no. 2. Clients that open connections, and more of them, end nothing.
@Suite struct ConnectionFloodTests {
  /// A command line that runs the rest with so many descriptors.
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

  @Test(.timeLimit(.minutes(2))) func `a sandbox that runs out of descriptors lives on and says so`() async throws {
    let process = try EdgecrabProcess(["sandbox"], through: Self.under(512))
    try await process.says("MATTERMOST_URL=")
    let line = try #require(process.said.split(separator: "\n").first { $0.contains("MATTERMOST_URL=") })
    let url = String(line.split(separator: "=")[1])
    let idle = try? RawConnections(1_200, to: url)
    try await process.says("listens again")
    idle?.end()
    try await wait(for: "an answer") { (try? await RawHTTP.send("GET", url + "/api/v4/system/ping").status) == 200 }
    process.terminate()
    #expect(try await process.ended().status == 0)
  }
}
