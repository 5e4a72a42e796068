import Sandbox
import TestSupport

/// A failure of the database.
enum DatabaseFault: Sendable, CaseIterable {
  /// All connections end.
  case cut
  /// It is restarted by its administrator.
  case restart
  /// All its processes are killed, and it is started again.
  case crash
  /// It answers nothing for some seconds.
  case silence
}

/// The gateways of a run: one that answers, and those that stand by and share a database with it.
final class GatewayGroup {
  private let gateways: [SupervisedGateway]
  private let database: (server: PostgresServer, database: PostgresServer.Database)?

  init(standbys: Int, on sandbox: SandboxServer) async throws {
    guard standbys > 0 else {
      database = nil
      gateways = [try SupervisedGateway(on: sandbox)]
      return
    }
    // A killed server loses nothing that it has written, also without waiting for the disk.
    let server = try await PostgresServer()
    let database = try await server.newDatabase()
    self.database = (server, database)
    gateways = try (0...standbys).map { _ in try SupervisedGateway(on: sandbox, database: database) }
  }

  /// The number of starts of all gateways.
  var starts: Int { gateways.reduce(0) { $0 + $1.starts } }

  /// The end of what each has said since its last start.
  var said: String { gateways.map { "\($0.processID): \($0.said.suffix(4_000))" }.joined(separator: "\n") }

  /// Returns the gateway that answers, or the first one if none does at the moment.
  private func answering() async throws -> SupervisedGateway {
    guard let (server, database) = database else { return gateways[0] }
    let name = try? await server.execute("SELECT name FROM members", in: database.name)
    let id = name?.split(separator: ":").last.flatMap { Int32($0) }
    return gateways.first { $0.processID == id } ?? gateways[0]
  }

  func kill() async throws { try await answering().kill() }

  func pause(for time: Duration) async throws { try await answering().pause(for: time) }

  func cut(_ ways: [TCPRelay.Way], for time: Duration) async throws { try await answering().cut(ways, for: time) }

  func harmDatabase(_ fault: DatabaseFault) async throws {
    guard let (server, database) = database else { return }
    switch fault {
    case .cut: try await server.terminateConnections(to: database)
    case .restart: try await server.restart()
    case .crash:
      try await server.kill()
      try await server.start()
    case .silence:
      server.suspend()
      try await Task.sleep(for: .seconds(3))
      server.resume()
    }
  }

  func ensureRunning() throws { for gateway in gateways { try gateway.ensureRunning() } }

  func end() async throws { for gateway in gateways { try await gateway.end() } }
}
