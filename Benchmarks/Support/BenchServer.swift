import Foundation
package import TestSupport

/// A PostgreSQL server with Debian's settings, and the CPU time of all its processes.
package struct BenchServer: Sendable {
  package let server: PostgresServer
  package let database: PostgresServer.Database

  /// - Parameters:
  ///   - isDurable: false for `fsync=off`.
  ///   - countsStatements: loads `pg_stat_statements`, which takes some time of each statement.
  package init(isDurable: Bool, countsStatements: Bool = false) async throws {
    var settings = ["shared_buffers": "128MB"]
    if countsStatements { settings["shared_preload_libraries"] = "pg_stat_statements" }
    server = try await PostgresServer(isDurable: isDurable, settings: settings)
    database = try await server.newDatabase()
    if countsStatements { try await execute("CREATE EXTENSION pg_stat_statements") }
  }

  @discardableResult
  package func execute(_ sql: String) async throws -> String { try await server.execute(sql, in: database.name) }

  /// The CPU time so far of all processes of the server, also of those that have ended.
  package var cpu: Duration {
    get throws {
      let running = server.processes
      var total = Duration.zero
      for process in running {
        total += (try? ProcessTime.cpu(of: process)) ?? .zero
        // Only the first process has children.
        total += ProcessTime.cpuOfEndedChildren(of: process)
      }
      return total
    }
  }

  /// Runs the server on one core and this process on the others, as far as there are others.
  package func pin() async throws {
    let cores = ProcessInfo.processInfo.activeProcessorCount
    guard cores > 1 else { return }
    for process in server.processes { try await Cores.pin(process, to: "0") }
    try await Cores.pin(ProcessInfo.processInfo.processIdentifier, to: "1-\(cores - 1)")
  }

  /// The transactions of the database so far that were committed. A server process counts them with a delay.
  package func transactions() async throws -> Double {
    Double(
      try await execute("SELECT xact_commit FROM pg_stat_database WHERE datname = '\(database.name)'")) ?? 0
  }

  /// The statements of gateways or stores so far.
  package func statements() async throws -> Double {
    Double(
      try await execute(
        """
        SELECT coalesce(sum(calls), 0) FROM pg_stat_statements
        WHERE dbid = (SELECT oid FROM pg_database WHERE datname = '\(database.name)')
          AND query NOT LIKE '%pg_stat_%'
        """)) ?? 0
  }
}

private enum Cores {
  static func pin(_ process: Int32, to cores: String) async throws {
    let taskset = Process()
    taskset.executableURL = URL(filePath: "/usr/bin/taskset")
    taskset.arguments = ["--all-tasks", "--cpu-list", "--pid", cores, "\(process)"]
    taskset.standardOutput = FileHandle.nullDevice
    taskset.standardError = FileHandle.nullDevice
    await withCheckedContinuation { ended in
      taskset.terminationHandler = { _ in ended.resume() }
      do { try taskset.run() } catch { ended.resume() }
    }
  }
}
