internal import CPostgres
internal import Core
internal import Glibc
internal import Logging

/// Opens a connection to the first host of an address that accepts it, on the connection's thread.
struct ConnectionAttempt: Sendable {
  let address: PostgresAddress
  let name: String
  /// True to pass over servers that take no changes, unless the address says otherwise.
  let isForChanges: Bool
  let limits: PostgresLimits
  let logger: Logger

  /// Connects. The thread does nothing else meanwhile; stopping it ends the attempt.
  func run(on thread: ConnectionThread) throws(PostgresError) -> LibpqConnection {
    var connection = try start()
    var silentHosts: [String] = []
    // libpq goes on to the next host only if one refuses the connection, not if it is silent.
    while let silent = try connect(connection, on: thread, after: silentHosts) {
      silentHosts.append(silent.name)
      guard let others = connection.options?.parameters(without: silent) else {
        throw PostgresError(.timedOut, silentHosts.joined(separator: ", ").limited)
      }
      connection = try start(others)
    }
    guard connection.enterPipeline() else { throw PostgresError(.cannotConnect, "libpq has no memory") }
    return connection
  }

  private func start(_ hosts: [String: String] = [:]) throws(PostgresError) -> LibpqConnection {
    let defaults =
      [
        ("keepalives_idle", "\(Limits.keepAlive.idle)"), ("keepalives_interval", "\(Limits.keepAlive.interval)"),
        ("keepalives_count", "\(Limits.keepAlive.count)"),
        // With it, libpq would wait for a Kerberos server.
        ("gssencmode", "disable"), ("fallback_application_name", name),
      ]
      + (isForChanges ? [("target_session_attrs", "read-write")] : [])
    // libpq takes the value of `dbname` for the whole address.
    let parameters = defaults + [("dbname", address.text.exposed), ("client_encoding", "UTF8")]
    guard let connection = LibpqConnection(parameters + hosts.map { ($0.key, $0.value) }, logger: logger) else {
      throw PostgresError(.cannotConnect, "libpq has no memory")
    }
    return connection
  }

  /// Returns `nil` when the connection is open, or the host that did not answer in time.
  private func connect(
    _ connection: LibpqConnection, on thread: ConnectionThread, after silentHosts: [String]
  ) throws(PostgresError) -> ConnectionOptions.Host? {
    let limit = timeLimit(of: connection)
    var (host, deadline) = (connection.host, ContinuousClock.now + limit)
    // It has failed at once if the only address is a Unix socket without a server.
    var status = connection.isBroken ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING
    while true {
      switch status {
      case PGRES_POLLING_OK: return nil
      case PGRES_POLLING_READING, PGRES_POLLING_WRITING: break
      default: throw PostgresError(connecting: connection.connectingMessage, silentHosts: silentHosts)
      }
      let events = thread.wait(
        for: ConnectionThread.Wait(
          descriptor: connection.descriptor, events: status == PGRES_POLLING_READING ? POLLIN : POLLOUT,
          deadline: deadline))
      guard !thread.isStopped else { throw PostgresError(.cancelled) }
      if events != 0 {
        status = connection.advanceConnecting()
      } else if deadline <= .now {
        return host
      }
      if connection.host != host { (host, deadline) = (connection.host, .now + limit) }
    }
  }

  /// `connect_timeout` of the address, in seconds, which libpq leaves to its callers here, or the limit.
  private func timeLimit(of connection: LibpqConnection) -> Duration {
    guard let seconds = connection.options?["connect_timeout"].flatMap({ Int($0) }), seconds > 0 else {
      return limits.connectTime
    }
    return .seconds(seconds)
  }
}
