import Foundation
import Sandbox
import TestSupport

/// The real gateway on a sandbox, restarted whenever it ends, as by a supervisor.
final class SupervisedGateway {
  private let home: TemporaryFolder
  private let environment: [String: String]
  /// The network between it and its database.
  private let network: TCPRelay?
  private var process: EdgecrabProcess
  /// The number of starts.
  private(set) var starts = 1

  /// - Parameter database: its store, which it reaches by a network of its own; `nil` for a file.
  init(on sandbox: SandboxServer, database: PostgresServer.Database? = nil) throws {
    let network = try database.map { try TCPRelay(to: $0.port) }
    let store = database.flatMap { database in network.map { database.tcpURL(port: $0.port) } }
    self.network = network
    home = try TemporaryFolder()
    _ = try home.write(
      """
      version: 1
      agents: { echo: { type: echo } }
      rules:
        - { name: all, when: { trigger: [mention, dm] }, agent: echo, session: thread }
      """, to: "rules.yaml")
    environment = [
      "EDGECRAB_HOME": home.url.path, "MATTERMOST_URL": sandbox.url, "MATTERMOST_TOKEN": sandbox.botToken,
      "EDGECRAB_STORE": store ?? "",
    ]
    process = try Self.start(environment)
  }

  private static func start(_ environment: [String: String]) throws -> EdgecrabProcess {
    try EdgecrabProcess(["gateway", "start", "--ping", "1"], environment: environment)
  }

  /// The output since the last start.
  var said: String { process.said }

  /// The number of its process.
  var processID: Int32 { process.id }

  /// Stops it, and lets it go on after some time.
  func pause(for time: Duration) {
    let process = process
    process.suspend()
    Task {
      try? await Task.sleep(for: time)
      process.resume()
    }
  }

  /// Cuts the network to its database for some time.
  func cut(_ ways: [TCPRelay.Way], for time: Duration) throws {
    let network = network
    try network?.cut(ways)
    Task {
      try await Task.sleep(for: time)
      try network?.cut([])
    }
  }

  /// Kills and restarts it.
  func kill() async throws {
    process.kill()
    _ = try await process.ended()
    try startAgain()
  }

  /// Restarts it if it has ended.
  func ensureRunning() throws {
    if !process.isRunning { try startAgain() }
  }

  /// Terminates the gateway by a signal.
  func end() async throws {
    process.terminate()
    _ = try await process.ended()
  }

  private func startAgain() throws {
    process = try Self.start(environment)
    starts += 1
  }
}
