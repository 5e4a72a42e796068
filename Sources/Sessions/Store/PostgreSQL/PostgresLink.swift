import Core
import Logging
import PostgreSQL

/// A connection to the database that is made again when it is lost.
///
/// Each session of the server runs at READ COMMITTED, whatever the database's default, and gives up a client that is gone
/// within half a minute.
actor PostgresLink {
  nonisolated let address: PostgresAddress
  private let limits: PostgresLimits
  private let logger: Logger
  private var connection: PostgresConnection?
  private var opening: Task<Result<PostgresConnection, PostgresError>, Never>?
  /// The name of the sessions on the server, for others who look for them; empty for none of their own.
  private var sessionName = ""
  private var listening: (connection: PostgresConnection, task: Task<Void, Never>)?
  /// When the database began to fail; `nil` while it answers.
  private var failingSince: ContinuousClock.Instant?
  private var isClosed = false

  init(_ address: PostgresAddress, limits: PostgresLimits = PostgresLimits(), logger: Logger) {
    self.address = address
    self.limits = limits
    self.logger = logger
  }

  /// Runs a batch, and again on a new connection if the connection is lost or another transaction was in the way.
  /// Cancelling the task does not cut it short.
  ///
  /// - Parameter mayWait: returns whether to go on; after the first attempt it is asked before each further one.
  func run(
    _ batch: PostgresBatch, while mayWait: @Sendable @escaping () -> Bool
  ) async throws(StoreError) -> [[PostgresRow]] {
    do throws(PostgresError) {
      let results = try await attempt(batch)
      recordSuccess()
      return results
    } catch {
      // A hostile server may send what PostgreSQL does not store.
      if error.code == .nulCharacter { return try await run(batch.replacingNUL(), while: mayWait) }
      guard error.isWorthRepeating, !isClosed, mayWait() else { throw StoreError(error, address) }
      return try await repeated(batch, after: error, while: mayWait)
    }
  }

  private func repeated(
    _ batch: PostgresBatch, after first: PostgresError, while mayWait: @Sendable @escaping () -> Bool
  ) async throws(StoreError) -> [[PostgresRow]] {
    recordFailure(first)
    let refusalsEnd = ContinuousClock.now + Limits.databaseRefusalsTime
    // In a task of its own: in a cancelled one, the pauses would be none.
    let repetition = Task { () async -> Result<[[PostgresRow]], PostgresError> in
      var last = first
      var pause = Limits.databasePauseFirst
      while !isClosed, mayWait() {
        try? await Task.sleep(for: pause)
        pause = min(pause * 2, Limits.databasePauseMax)
        do throws(PostgresError) {
          let results = try await attempt(batch)
          recordSuccess()
          return .success(results)
        } catch {
          last = error
          // Others than failures of the connection, such as a full disk, may last for hours.
          guard error.isWorthRepeating, error.isConnectionFailure || ContinuousClock.now < refusalsEnd else { break }
        }
      }
      return .failure(last)
    }
    switch await repetition.value {
    case .success(let results): return results
    case .failure(let error): throw StoreError(error, address)
    }
  }

  private func recordFailure(_ error: PostgresError) {
    guard failingSince == nil else { return }
    failingSince = .now
    logger.warning("database failed, asking again", metadata: ["reason": "\(error)", "store": "\(address)"])
  }

  private func recordSuccess() {
    guard let since = failingSince else { return }
    failingSince = nil
    logger.notice("database answers again", metadata: ["after": "\((ContinuousClock.now - since).spelled)"])
  }

  private func attempt(_ batch: PostgresBatch) async throws(PostgresError) -> [[PostgresRow]] {
    let connection = try await open()
    do throws(PostgresError) {
      return try await connection.run(batch)
    } catch {
      // Of several servers in the address, another one may take changes now.
      if error.isReadOnlyServer { await connection.close() }
      throw error
    }
  }

  /// Returns the connection, which is made if there is none.
  func open() async throws(PostgresError) -> PostgresConnection {
    if let connection, await connection.isOpen { return connection }
    // It may have been closed, or opened by others, meanwhile.
    guard !isClosed else { throw PostgresError(.closed) }
    if let opening { return try await opening.value.get() }
    if let connection, await connection.isOpen { return connection }
    let (address, limits, sessionName, logger) = (address, limits, sessionName, logger)
    let task = Task { () async -> Result<PostgresConnection, PostgresError> in
      do throws(PostgresError) {
        let connection = try await PostgresConnection.connect(
          to: address, name: "edgecrab", isForChanges: true, logger: logger, limits: limits)
        _ = try await connection.run(Self.prepareSession, .text(sessionName))
        return .success(connection)
      } catch {
        return .failure(error)
      }
    }
    opening = task
    let result = await task.value
    opening = nil
    if case .success(let made) = result {
      connection = made
      if isClosed { await made.close() }
    }
    return try result.get()
  }

  /// Gives the sessions of the server a name.
  func setSessionName(_ name: String) async throws(StoreError) {
    sessionName = name
    _ = try await run(PostgresBatch { $0.add(Self.prepareSession, .text(name)) }, while: { false })
  }

  /// Each statement is planned once, and by an index wherever there is one: planned while a table is empty, it would read
  /// all of it from then on.
  private static let prepareSession: Statement = """
    SELECT set_config('default_transaction_isolation', 'read committed', false),
      set_config('tcp_keepalives_idle', '10', false), set_config('tcp_keepalives_interval', '5', false),
      set_config('tcp_keepalives_count', '3', false), set_config('tcp_user_timeout', '25000', false),
      set_config('lock_timeout', '5000', false), set_config('plan_cache_mode', 'force_generic_plan', false),
      set_config('enable_seqscan', 'off', false), set_config('jit', 'off', false),
      set_config('application_name', coalesce(nullif($1, ''), current_setting('application_name')), false)
    """

  /// Has `act` called at each notification from now on. Failures are left to those who ask the database.
  func listen(_ act: @escaping @Sendable () -> Void) async {
    guard let connection = try? await open(), connection !== listening?.connection,
      (try? await connection.run(Self.listen)) != nil
    else { return }
    listening?.task.cancel()
    listening = (connection, Task { for await _ in connection.notifications { act() } })
  }

  private static let listen: Statement = "LISTEN edgecrab"

  func close() async {
    isClosed = true
    listening?.task.cancel()
    opening?.cancel()
    await connection?.close()
  }
}

extension PostgresError {
  /// True if the server takes no changes, as one that has become a copy of another after a fail-over.
  fileprivate var isReadOnlyServer: Bool { sqlState == "25006" }

  /// True if the connection, and not the statement, was the reason. Another operation may have closed it.
  fileprivate var isConnectionFailure: Bool {
    isConnectionLost || isReadOnlyServer || (isTransient && code != .refused)
  }

  fileprivate var isWorthRepeating: Bool { isTransient || isConnectionFailure }
}
