import Foundation
import Synchronization

/// A PostgreSQL server with a cluster of its own in a temporary folder. It listens at a Unix socket and at a port of
/// loopback. It is ended, and its folder removed, when it is released or the test process ends, however that ends.
///
///     let database = try await PostgresServer.shared.newDatabase()
///     let connection = try await PostgresConnection.connect(to: PostgresAddress(database.url), …)
///
/// Tests that stop it, or need settings of their own, start their own.
package final class PostgresServer: Sendable {
  /// A database of a server.
  package struct Database: Sendable {
    package let name: String
    /// The address by the Unix socket, as the superuser, without a password.
    package let url: String
    /// The address by TCP, as the superuser, with the password.
    package let tcpURL: String
    /// The server's port of loopback.
    package let port: UInt16

    /// The address by TCP through another port, which passes connections on.
    package func tcpURL(port: UInt16) -> String { tcpURL.replacing(":\(self.port)/", with: ":\(port)/") }
  }

  /// The password of the superuser `postgres`, which TCP requires.
  package static let password = "correct-horse"

  /// The folder of PostgreSQL's newest programs, or `nil` if they are not installed.
  fileprivate static let programs: URL? = {
    let root = URL(filePath: "/usr/lib/postgresql")
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: root.path))?.compactMap { Int($0) } ?? []
    let folders =
      versions.sorted(by: >).map { root.appending(path: "\($0)/bin") }
      + (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { URL(filePath: String($0)) }
    return folders.first { folder in
      ["initdb", "postgres", "psql"].allSatisfy {
        FileManager.default.isExecutableFile(atPath: folder.appending(path: $0).path)
      }
    }
  }()

  /// True if PostgreSQL is installed.
  package static let isAvailable = programs != nil

  /// The server that tests share. None of them stops it.
  package static var shared: PostgresServer {
    get async throws { try await sharedServer.value }
  }

  private static let sharedServer = Task { try await PostgresServer() }

  /// The port of loopback.
  package let port: UInt16
  /// The folder of the Unix socket.
  package var socketFolder: String { folder.path }

  private let folder: URL
  private let data: URL
  private let user: User
  /// Ends everything when its standard input is closed.
  private let guardian: Process
  private let lifeline: Pipe
  private let databases = Atomic<Int>(0)

  // MARK: Starting and ending

  /// Creates a cluster and starts the server.
  ///
  /// - Parameters:
  ///   - isDurable: false to lose data if the machine crashes, which is faster. A killed server loses none.
  ///   - settings: settings of postgresql.conf, in addition.
  ///   - certificate: with it, TCP connections can use TLS.
  package init(
    isDurable: Bool = false, settings: [String: String] = [:], certificate: TLSServer.Identity? = nil
  ) async throws {
    guard Self.programs != nil else {
      throw TestFailure("PostgreSQL is not installed: scripts/install-packages.sh test")
    }
    user = try User.unprivileged()
    port = try TestServer.freePort()
    // Short: the path of a Unix socket has at most 107 bytes.
    folder = FileManager.default.temporaryDirectory.appending(path: "edgecrab-pg-\(UUID().uuidString.prefix(8))")
    data = folder.appending(path: "data")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try user.own(folder)
    (guardian, lifeline) = try Self.startGuardian(of: folder, data)
    let passwordFile = folder.appending(path: "password")
    try Self.password.write(to: passwordFile, atomically: false, encoding: .utf8)
    try user.own(passwordFile)
    try await run(
      "initdb",
      [
        "--pgdata=\(data.path)", "--username=postgres", "--pwfile=\(passwordFile.path)", "--auth-local=trust",
        "--auth-host=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions",
      ])
    var all = [
      "listen_addresses": "127.0.0.1", "port": "\(port)", "unix_socket_directories": folder.path,
      "max_connections": "100", "shared_buffers": "32MB", "logging_collector": "off",
    ]
    if !isDurable { all.merge(["fsync": "off", "full_page_writes": "off"]) { $1 } }
    if let certificate {
      try all.merge([
        "ssl": "on", "ssl_cert_file": ownCopy(of: certificate.certificateFile),
        "ssl_key_file": ownCopy(of: certificate.keyFile),
      ]) { $1 }
    }
    all.merge(settings) { $1 }
    let file = data.appending(path: "postgresql.auto.conf")
    try all.map { "\($0) = '\($1)'\n" }.sorted().joined().write(to: file, atomically: false, encoding: .utf8)
    try await start()
  }

  deinit { try? lifeline.fileHandleForWriting.close() }

  /// Starts the server after `stop` or `kill`, and waits until it accepts connections.
  package func start() async throws {
    let log = folder.appending(path: "log")
    if !FileManager.default.fileExists(atPath: log.path) {
      _ = FileManager.default.createFile(atPath: log.path, contents: nil)
    }
    let output = try FileHandle(forWritingTo: log)
    try output.seekToEnd()
    let process = try user.process("postgres", ["-D", data.path])
    process.standardOutput = output
    process.standardError = output
    try process.run()
    try output.close()
    try await wait(for: "PostgreSQL to start, which said: \(said)") {
      guard process.isRunning else { throw TestFailure("PostgreSQL ended, and said: \(said)") }
      // The file may still be that of a server that was killed.
      return state.first == "\(process.processIdentifier)" && state.last == "ready"
    }
  }

  /// Ends the server as its administrator would: connections are closed with an error that says so.
  package func stop() async throws {
    guard let first = state.first.flatMap({ Int32($0) }) else { return }
    Foundation.kill(first, SIGINT)
    try await waitForEnd()
  }

  /// Kills all processes of the server, as a crash of the machine would, except that the disk loses nothing.
  package func kill() async throws {
    for process in processes { Foundation.kill(process, SIGKILL) }
    try await waitForEnd()
  }

  /// Stops and starts the server.
  package func restart() async throws {
    try await stop()
    try await start()
  }

  /// Lets all processes of the server sleep: connections stay open, and nothing is answered.
  package func suspend() { for process in processes { Foundation.kill(process, SIGSTOP) } }

  /// Wakes the processes that `suspend` has stopped.
  package func resume() { for process in processes { Foundation.kill(process, SIGCONT) } }

  private func waitForEnd() async throws {
    // A process that has ended and was not waited for has no folder any more, but its number still keeps the next server
    // from starting.
    try await wait(for: "PostgreSQL to end") {
      processes.isEmpty && (state.first.flatMap { Int32($0) }.map { Foundation.kill($0, 0) != 0 } ?? true)
    }
  }

  /// What the server has logged.
  package var said: String {
    (try? String(contentsOf: folder.appending(path: "log"), encoding: .utf8)) ?? ""
  }

  /// The lines of the file in which the server writes its first process and, at the end, whether it is ready.
  private var state: [String] {
    let file = try? String(contentsOf: data.appending(path: "postmaster.pid"), encoding: .utf8)
    return file?.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) } ?? []
  }

  /// All processes of the server: they run in the folder of its data.
  package var processes: [Int32] {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap { Int32($0) } ?? []
    return all.filter { process in
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/cwd")) == data.path
    }
  }

  /// Starts a shell that waits for the end of its input, which comes with the end of this process at the latest, and then
  /// kills the server and removes its folder. In a session of its own, it outlives an interrupt from the terminal.
  private static func startGuardian(of folder: URL, _ data: URL) throws -> (Process, Pipe) {
    let script = """
      read -r _
      for link in /proc/[0-9]*/cwd; do
        if [ "$(readlink "$link")" = "$2" ]; then process="${link#/proc/}"; kill -9 "${process%/cwd}"; fi
      done
      rm -rf "$1"
      """
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/setsid")
    process.arguments = ["/bin/sh", "-c", script, "sh", folder.path, data.path]
    let input = Pipe()
    process.standardInput = input
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    return (process, input)
  }

  // MARK: Databases

  /// Creates an empty database.
  package func newDatabase() async throws -> Database {
    let database = database("test\(databases.add(1, ordering: .relaxed).newValue)")
    try await execute("CREATE DATABASE \(database.name)")
    return database
  }

  /// Returns the addresses of a database, which need not exist.
  package func database(_ name: String) -> Database {
    Database(
      name: name, url: "postgresql://postgres@/\(name)?host=\(socketFolder)&port=\(port)",
      tcpURL: "postgresql://postgres:\(Self.password)@127.0.0.1:\(port)/\(name)", port: port)
  }

  /// Executes SQL with `psql`, and returns the columns, separated by `|`, in lines.
  @discardableResult
  package func execute(_ sql: String, in database: String = "postgres") async throws -> String {
    try await run(
      "psql",
      [
        "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1", "--host=\(socketFolder)",
        "--port=\(port)", "--username=postgres", "--dbname=\(database)", "--command=\(sql)",
      ])
  }

  /// Ends the server's processes for the connections to a database, as an administrator can. The server goes on.
  package func terminateConnections(to database: Database) async throws {
    try await execute(
      """
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = '\(database.name)' AND pid <> pg_backend_pid()
      """)
  }

  // MARK: Programs

  /// Runs a program of PostgreSQL to its end, and returns its output.
  @discardableResult
  private func run(_ program: String, _ arguments: [String]) async throws -> String {
    let process = try user.process(program, arguments)
    let output = folder.appending(path: "output-\(UUID().uuidString)")
    _ = FileManager.default.createFile(atPath: output.path, contents: nil)
    defer { try? FileManager.default.removeItem(at: output) }
    let handle = try FileHandle(forWritingTo: output)
    process.standardOutput = handle
    process.standardError = handle
    let status = await withCheckedContinuation { ended in
      process.terminationHandler = { ended.resume(returning: $0.terminationStatus) }
      do { try process.run() } catch { ended.resume(returning: -1) }
    }
    try handle.close()
    let text = try String(contentsOf: output, encoding: .utf8).trimmingCharacters(in: .newlines)
    guard status == 0 else { throw TestFailure("\(program) ended with \(status): \(text)") }
    return text
  }

  /// Copies a file so that only the server's user can read it, which PostgreSQL demands of keys.
  private func ownCopy(of path: String) throws -> String {
    let copy = folder.appending(path: URL(filePath: path).lastPathComponent)
    try FileManager.default.copyItem(at: URL(filePath: path), to: copy)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: copy.path)
    try user.own(copy)
    return copy.path
  }
}

/// The user whose processes the server's are. PostgreSQL does not run as root.
private struct User: Sendable {
  private let name: String
  private let id: uid_t
  private let group: gid_t
  private let isOther: Bool

  /// Returns the user of this process, or another one if that is root.
  static func unprivileged() throws -> User {
    guard geteuid() == 0 else { return User(name: NSUserName(), id: geteuid(), group: getegid(), isOther: false) }
    for name in ["postgres", "nobody"] {
      guard let entry = getpwnam(name) else { continue }
      return User(name: name, id: entry.pointee.pw_uid, group: entry.pointee.pw_gid, isOther: true)
    }
    throw TestFailure("there is no user that may run PostgreSQL")
  }

  /// Makes a file or a folder the user's.
  func own(_ url: URL) throws {
    guard !isOther || chown(url.path, id, group) == 0 else {
      throw TestFailure("\(url.path) cannot be given to \(name)")
    }
  }

  /// Returns a program of PostgreSQL to run as the user.
  func process(_ program: String, _ arguments: [String]) throws -> Process {
    guard let programs = PostgresServer.programs else { throw TestFailure("PostgreSQL is not installed") }
    let path = programs.appending(path: program).path
    let process = Process()
    process.executableURL = URL(filePath: isOther ? "/usr/bin/setpriv" : path)
    process.arguments =
      isOther ? ["--reuid=\(id)", "--regid=\(group)", "--clear-groups", path] + arguments : arguments
    process.currentDirectoryURL = FileManager.default.temporaryDirectory
    process.environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"]
    process.standardInput = FileHandle.nullDevice
    return process
  }
}
