import Logging
import TestSupport

@testable import PostgreSQL

extension PostgresConnection {
  /// Connects to a new database of the shared server.
  static func toNewDatabase(limits: PostgresLimits = PostgresLimits()) async throws -> PostgresConnection {
    try await to(try await PostgresServer.shared.newDatabase().url, limits: limits)
  }

  static func to(_ url: String, limits: PostgresLimits = PostgresLimits()) async throws -> PostgresConnection {
    try await connect(to: PostgresAddress(url), name: "test", logger: .silent, limits: limits)
  }
}

/// Returns the error of the database that an operation throws, or `nil` if it throws none.
func error(of operation: () async throws -> Void) async -> PostgresError? {
  do {
    try await operation()
    return nil
  } catch {
    return error as? PostgresError
  }
}

extension Peer {
  /// Answers the start of a connection as PostgreSQL does, without TLS and without asking for a password
  /// (https://www.postgresql.org/docs/current/protocol-flow.html).
  func acceptPostgres() {
    readStart()
    send(message("R", [0, 0, 0, 0]))
    send(message("S", Array("server_version\0".utf8) + Array("15.3\0".utf8)))
    send(message("K", [0, 0, 0, 7, 0, 0, 0, 8]))
    send(message("Z", Array("I".utf8)))
  }

  /// Reads the request to start, and refuses TLS before if the client asks for it.
  func readStart() {
    while true {
      let length = readExactly(4).reduce(0) { $0 << 8 | Int($1) }
      let rest = readExactly(max(0, length - 4))
      // SSLRequest
      guard rest == [4, 210, 22, 47] else { return }
      send("N")
    }
  }

  /// Reads what the client sends next: at least one message.
  func readMessages() { _ = read() }

  /// Sends an error of the server, or a notice.
  func sendError(_ sqlState: String, _ text: String, severity: String = "FATAL") {
    let fields = ["S\(severity)", "V\(severity)", "C\(sqlState)", "M\(text)"]
    send(message("E", Array(fields.joined(separator: "\0").utf8) + [0, 0]))
  }

  func message(_ type: Character, _ body: [UInt8]) -> [UInt8] {
    let length = withUnsafeBytes(of: UInt32(body.count + 4).bigEndian) { Array($0) }
    return Array(String(type).utf8) + length + body
  }
}

extension TestServer {
  /// The address of a database.
  var postgresURL: String { "postgresql://crab:battery-staple@127.0.0.1:\(port)/crabs" }
}
