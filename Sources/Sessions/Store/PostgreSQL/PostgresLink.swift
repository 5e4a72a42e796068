import Core
import Logging
import PostgreSQL

/// A connection to the database that is made again when it is lost.
actor PostgresLink {
  nonisolated let address: PostgresAddress
  private let limits: PostgresLimits
  private let logger: Logger
  private var connection: PostgresConnection?
  private var opening: Task<Result<PostgresConnection, PostgresError>, Never>?
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
      return try await attempt(batch)
    } catch {
      // A hostile server may send what PostgreSQL does not store.
      if error.code == .nulCharacter { return try await run(batch.replacingNUL(), while: mayWait) }
      guard error.mayPass, !isClosed, mayWait() else { throw StoreError(error, address) }
      return try await repeated(batch, after: error, while: mayWait)
    }
  }

  private func repeated(
    _ batch: PostgresBatch, after first: PostgresError, while mayWait: @Sendable @escaping () -> Bool
  ) async throws(StoreError) -> [[PostgresRow]] {
    logger.debug("database asked again", metadata: ["reason": "\(first)"])
    // In a task of its own: in a cancelled one, the pauses would be none.
    let repetition = Task { () async -> Result<[[PostgresRow]], PostgresError> in
      var last = first
      var pause = Limits.databasePauseFirst
      while !isClosed, mayWait() {
        try? await Task.sleep(for: pause)
        pause = min(pause * 2, Limits.databasePauseMax)
        do throws(PostgresError) {
          return .success(try await attempt(batch))
        } catch {
          last = error
          guard error.mayPass else { break }
        }
      }
      return .failure(last)
    }
    switch await repetition.value {
    case .success(let results): return results
    case .failure(let error): throw StoreError(error, address)
    }
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
    if let opening { return try await opening.value.get() }
    let (address, limits, logger) = (address, limits, logger)
    let task = Task { () async -> Result<PostgresConnection, PostgresError> in
      do throws(PostgresError) {
        return .success(
          try await PostgresConnection.connect(to: address, name: "edgecrab", logger: logger, limits: limits))
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

  func close() async {
    isClosed = true
    opening?.cancel()
    await connection?.close()
  }
}

extension PostgresError {
  /// True if the server takes no changes, as one that has become a copy of another after a fail-over.
  fileprivate var isReadOnlyServer: Bool { sqlState == "25006" }

  fileprivate var mayPass: Bool { isTransient || isReadOnlyServer }
}
