import Core
import Foundation
import Logging
import PostgreSQL
import Sessions
import TestSupport

/// A PostgreSQL server with Debian's settings, and the CPU time of all its processes.
struct BenchServer {
  let server: PostgresServer
  let database: PostgresServer.Database

  /// - Parameters:
  ///   - isDurable: false for `fsync=off`.
  ///   - countsStatements: loads `pg_stat_statements`, which takes some time of each statement.
  init(isDurable: Bool, countsStatements: Bool = false) async throws {
    var settings = ["shared_buffers": "128MB"]
    if countsStatements { settings["shared_preload_libraries"] = "pg_stat_statements" }
    server = try await PostgresServer(isDurable: isDurable, settings: settings)
    database = try await server.newDatabase()
    if countsStatements { try await execute("CREATE EXTENSION pg_stat_statements") }
  }

  @discardableResult
  func execute(_ sql: String) async throws -> String { try await server.execute(sql, in: database.name) }

  /// Opens the store of the database.
  func open(member name: String = "bench:1") async throws -> PostgresStore {
    try await PostgresStore(
      PostgresAddress(database.url), bot: "bot", member: MemberDescription(name: name, program: "bench"),
      logger: .silent)
  }

  /// Opens the store of the database and joins it.
  func join() async throws -> PostgresStore {
    let store = try await open()
    try await store.join()
    return store
  }

  /// The CPU time so far of all processes of the server, also of those that have ended.
  var cpu: Duration {
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
  func pin() async throws {
    let cores = ProcessInfo.processInfo.activeProcessorCount
    guard cores > 1 else { return }
    for process in server.processes { try await Cores.pin(process, to: "0") }
    try await Cores.pin(ProcessInfo.processInfo.processIdentifier, to: "1-\(cores - 1)")
  }

  /// The transactions of the database so far that were committed. A server process counts them with a delay.
  func transactions() async throws -> Double {
    Double(
      try await execute("SELECT xact_commit FROM pg_stat_database WHERE datname = '\(database.name)'")) ?? 0
  }

  /// The statements of the store so far.
  func statements() async throws -> Double {
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

/// The CPU time of processes.
enum ProcessTime {
  /// Returns the time of a process, to the nanosecond.
  static func cpu(of process: Int32 = getpid()) throws -> Duration {
    var (clock, time) = (clockid_t(), timespec())
    guard clock_getcpuclockid(process, &clock) == 0, clock_gettime(clock, &time) == 0 else {
      throw TestFailure("the CPU clock of process \(process) cannot be read")
    }
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }

  /// Returns the time of the children of a process that have ended, to the hundredth of a second (proc(5), `stat`).
  static func cpuOfEndedChildren(of process: Int32) -> Duration {
    let stat = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
    let fields = stat.split(separator: ")").last?.split(separator: " ") ?? []
    // `cutime` and `cstime` are the fields 16 and 17, of which these begin with the third.
    guard fields.count > 14, let user = Int(fields[13]), let system = Int(fields[14]) else { return .zero }
    return .milliseconds(10 * (user + system))
  }
}
