internal import CPostgres
internal import Core
internal import Glibc
package import Logging

/// A connection to a PostgreSQL database. Statements of any number of tasks share it.
///
///     let connection = try await PostgresConnection.connect(to: address, name: "edgecrab", logger: logger)
///     let rows = try await connection.run("SELECT id FROM post WHERE channel = $1", .text(channel))
///     let id = try rows.first?.text(0)
///
/// libpq does the work, on a thread of the connection. After any failure of the connection it is closed for good: the
/// batches under way and all later ones fail, and a new connection has to be opened.
package actor PostgresConnection {
  private nonisolated let thread: ConnectionThread
  package nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  /// The version of the server as a number: 150003 is 15.3.
  package nonisolated let serverVersion: Int
  package nonisolated let isTLS: Bool
  /// The process of the server that serves this connection.
  package nonisolated let backendID: Int32
  /// The encoding of the database: `UTF8`, or one that does not have all characters.
  package nonisolated let serverEncoding: String
  /// The notifications of the channels that the connection listens to (`LISTEN`). It keeps the newest ones; that some are
  /// lost must do no harm. Ends with the connection. For one reader.
  package nonisolated let notifications: AsyncStream<PostgresNotification>

  private nonisolated let notify: AsyncStream<PostgresNotification>.Continuation
  private nonisolated let limits: PostgresLimits
  private nonisolated let logger: Logger

  /// `nil` after the end of the connection.
  private var connection: LibpqConnection?
  /// The reason of the end.
  private var end = PostgresError(.closed)
  private var prepared = PreparedStatements()
  /// The exchanges that were sent and are not answered, in order.
  private var underWay: [Exchange] = []
  /// The exchanges that are not sent yet, in order.
  private var waiting: [Exchange] = []
  private var hasUnsentBytes = false
  /// The time at which the server has last received or sent something.
  private var lastProgress = ContinuousClock.now

  // MARK: Opening and closing

  /// Connects to a database.
  ///
  /// Several hosts in the address are tried one after the other; with `target_session_attrs=read-write` the first that
  /// may be written. The name service, if it is slow, can exceed the time limit. Cancelling the task ends the attempt.
  ///
  /// - Parameters:
  ///   - name: what the server lists the connection as (`application_name`), unless the address has a name.
  ///   - isForChanges: true to pass over servers that may not be written, unless the address says otherwise.
  package static func connect(
    to address: PostgresAddress, name: String, isForChanges: Bool = false, logger: Logger,
    limits: PostgresLimits = PostgresLimits()
  ) async throws(PostgresError) -> PostgresConnection {
    let attempt = ConnectionAttempt(
      address: address, name: name, isForChanges: isForChanges, limits: limits, logger: logger)
    let thread: ConnectionThread
    do throws(SystemError) {
      thread = try ConnectionThread()
    } catch {
      throw PostgresError(.cannotConnect, error.text)
    }
    let result: Result<PostgresConnection, PostgresError> = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        do throws(SystemError) {
          try thread.start {
            do throws(PostgresError) {
              let connection = PostgresConnection(try attempt.run(on: thread), thread, limits, logger)
              continuation.resume(returning: .success(connection))
            } catch {
              thread.stop()
              continuation.resume(returning: .failure(error))
            }
          }
        } catch {
          continuation.resume(returning: .failure(PostgresError(.cannotConnect, error.text)))
        }
      }
    } onCancel: {
      thread.stop()
    }
    // A cancellation may have stopped the thread after it had connected.
    guard !Task.isCancelled else { throw PostgresError(.cancelled) }
    return try result.get()
  }

  /// Runs on the connection's thread.
  private init(
    _ connection: LibpqConnection, _ thread: ConnectionThread, _ limits: PostgresLimits, _ logger: Logger
  ) {
    self.thread = thread
    self.limits = limits
    self.logger = logger
    serverVersion = connection.serverVersion
    isTLS = connection.isTLS
    backendID = connection.backendID
    serverEncoding = connection.parameter("server_encoding") ?? ""
    (notifications, notify) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Limits.notificationsMax))
    self.connection = connection
    // The thread does not keep the connection, or it would never be released.
    thread.attach(
      ConnectionThread.SocketUser { [weak self] in
        self?.assumeIsolated { $0.prepareToWait() } ?? nil
      } handle: { [weak self] events in
        self?.assumeIsolated { $0.handle(events: events) }
      })
  }

  deinit {
    notify.finish()
    thread.stop()
  }

  /// False after any failure of the connection, and after `close()`.
  package var isOpen: Bool { connection != nil }

  /// Closes the connection. Batches under way end with `closed`; those that were sent may have happened.
  package func close() { end(PostgresError(.closed)) }

  // MARK: Running statements

  /// Runs a statement, and returns its rows. See `run(_:)`.
  package nonisolated func run(
    _ statement: Statement, _ values: PostgresValue...
  ) async throws(PostgresError) -> [PostgresRow] {
    var batch = PostgresBatch()
    batch.add(statement, values)
    return try await run(batch).first ?? []
  }

  /// Runs the statements of a batch in one transaction, and returns the rows of each. If one fails, none has happened.
  ///
  /// Batches run in the order of the calls. They are sent without waiting for the answers to earlier ones, up to
  /// `PostgresLimits.batchesUnderWayMax`. Cancelling the task does not cut a batch short. A batch must not begin or end
  /// a transaction itself.
  package nonisolated func run(_ batch: PostgresBatch) async throws(PostgresError) -> [[PostgresRow]] {
    guard !batch.isEmpty else { return [] }
    var (calls, byteCount): ([EncodedCall], Int) = ([], 0)
    for call in batch.calls {
      let encoded = try EncodedCall(call)
      byteCount += encoded.byteCount
      guard byteCount <= Limits.batchBytesMax else { throw PostgresError(.tooLarge, "\(byteCount) bytes") }
      calls.append(encoded)
    }
    return try await perform(.batch(calls))
  }

  /// Runs several statements without values, in one transaction unless the script itself begins others. Their rows are
  /// ignored. It waits for the batches before it, and the batches after it wait for it.
  package nonisolated func runScript(_ script: StaticString) async throws(PostgresError) {
    _ = try await perform(.script(script.description))
  }

  private nonisolated func perform(_ content: Exchange.Content) async throws(PostgresError) -> [[PostgresRow]] {
    let outcome = await withCheckedContinuation { outcome in
      thread.enqueue { self.assumeIsolated { $0.add(Exchange(content, outcome)) } }
    }
    return try outcome.get()
  }

  private func add(_ exchange: Exchange) {
    guard isOpen else { return exchange.fail(end) }
    waiting.append(exchange)
  }

  // MARK: Sending

  /// Sends what can be sent, and returns what to wait for, or `nil` for nothing.
  private func prepareToWait() -> ConnectionThread.Wait? {
    sendWaiting()
    guard let connection else { return nil }
    return ConnectionThread.Wait(
      descriptor: connection.descriptor, events: hasUnsentBytes ? POLLIN | POLLOUT : POLLIN,
      deadline: connection.hasUnreadBytes ? .now : answerDeadline)
  }

  /// The time until which the server has to give a sign of life, or `nil` if it owes no answer.
  private var answerDeadline: ContinuousClock.Instant? {
    switch underWay.first?.content {
    case .batch?: lastProgress + limits.answerTimeMax
    case .script?: lastProgress + limits.scriptTimeMax
    case nil: nil
    }
  }

  private func sendWaiting() {
    while let connection, !hasUnsentBytes, let next = waiting.first, mayStart(next) {
      // One that could not be sent to its end has not happened, so it still belongs to those that wait.
      guard send(next, connection) else { return endBroken(connection) }
      waiting.removeFirst()
      next.releaseValues()
      if underWay.isEmpty { lastProgress = .now }
      underWay.append(next)
      if underWay.count == 1 { beginStep(of: next, connection) }
      flush(connection)
    }
  }

  /// A script is alone on the connection.
  private func mayStart(_ exchange: Exchange) -> Bool {
    guard let last = underWay.last else { return true }
    if case .script = last.content { return false }
    if case .script = exchange.content { return false }
    return underWay.count < limits.batchesUnderWayMax
  }

  /// Passes an exchange to libpq, which buffers what the socket does not take. Returns false if the connection has failed.
  private func send(_ exchange: Exchange, _ connection: LibpqConnection) -> Bool {
    switch exchange.content {
    case .script(let text):
      exchange.steps = [.script]
      return connection.exitPipeline() && connection.sendScript(text)
    case .batch(let calls):
      for call in calls {
        let isSent: Bool
        switch prepared.use(call, by: exchange) {
        case .unprepared:
          exchange.steps.append(.execution(nil))
          isSent = connection.sendExecution(of: call)
        case .prepared(let statement):
          exchange.steps.append(.execution(statement))
          isSent = connection.sendExecution(of: call, prepared: statement.name)
        case .prepare(let statement):
          exchange.steps += [.preparation(statement), .execution(statement)]
          isSent =
            connection.sendPreparation(of: call, as: statement.name)
            && connection.sendExecution(of: call, prepared: statement.name)
        }
        guard isSent else { return false }
      }
      exchange.steps.append(.sync)
      return connection.sendSync()
    }
  }

  private func flush(_ connection: LibpqConnection) {
    guard let hasRest = connection.flush() else { return endBroken(connection) }
    hasUnsentBytes = hasRest
  }

  // MARK: Receiving

  /// Receives and sends what the socket allows.
  private func handle(events: Int32) {
    guard let connection else { return }
    if events != 0 || connection.hasUnreadBytes {
      // Rows that are discarded are no progress, so that a result without end ends, too.
      if underWay.first?.isTooLarge != true { lastProgress = .now }
      let isAlive = connection.read()
      receiveResults(connection)
      while let notification = connection.nextNotification() { notify.yield(notification) }
      // It also breaks when something is received that is not of the protocol.
      guard isAlive, !connection.isBroken else { return endBroken(connection) }
      if hasUnsentBytes { flush(connection) }
    }
    if let answerDeadline, answerDeadline <= .now {
      end(PostgresError(.connectionLost, "the server did not answer in time"))
    }
  }

  private func receiveResults(_ connection: LibpqConnection) {
    var wasLast = false
    while let exchange = underWay.first, let step = exchange.steps.first, !connection.isBusy {
      if let result = connection.nextResult() {
        wasLast = false
        receive(result, for: step, of: exchange, connection)
      } else {
        // libpq has no more results, but the exchange expects some.
        guard !wasLast else { return end(PostgresError(.connectionLost, "a result is missing")) }
        wasLast = true
        finish(step, of: exchange, connection)
      }
    }
  }

  private func receive(
    _ result: LibpqResult, for step: Exchange.Step, of exchange: Exchange, _ connection: LibpqConnection
  ) {
    switch (result.status, step) {
    case (PGRES_SINGLE_TUPLE, .execution), (PGRES_TUPLES_OK, .execution):
      exchange.receiveRows(of: result, limits: limits)
    case (PGRES_COMMAND_OK, .preparation(let statement)): prepared.confirm(statement)
    case (PGRES_COMMAND_OK, _), (PGRES_EMPTY_QUERY, _), (PGRES_SINGLE_TUPLE, .script), (PGRES_TUPLES_OK, .script): break
    case (PGRES_PIPELINE_SYNC, .sync): finish(exchange, connection)
    // A statement before it in the batch was refused.
    case (PGRES_PIPELINE_ABORTED, .preparation(let statement)): prepared.forget(statement)
    case (PGRES_PIPELINE_ABORTED, _): break
    case (PGRES_FATAL_ERROR, _): receive(result.message, for: step, of: exchange, connection)
    default: end(PostgresError(.connectionLost, "a statement has a result that is not supported"))
    }
  }

  /// Receives an error of the server or of libpq.
  private func receive(
    _ message: ServerMessage, for step: Exchange.Step, of exchange: Exchange, _ connection: LibpqConnection
  ) {
    connection.recordEnd(message)
    // libpq's own errors have no SQLSTATE; it has them only if the connection has failed.
    guard let sqlState = message.sqlState, !message.isFatal else { return endBroken(connection) }
    exchange.refuse(PostgresError(refusal: message))
    switch step {
    case .preparation(let statement): prepared.forget(statement)
    // The statement is not prepared, or its result has other columns since it was prepared.
    case .execution(let statement?) where sqlState == "26000" || sqlState == "0A000": prepared.forget(statement)
    case .execution, .script, .sync: break
    }
  }

  private func finish(_ step: Exchange.Step, of exchange: Exchange, _ connection: LibpqConnection) {
    switch step {
    case .preparation, .execution:
      exchange.steps.removeFirst()
      beginStep(of: exchange, connection)
    case .script: finish(exchange, connection)
    // An error of the commit comes before the end.
    case .sync: break
    }
  }

  private func finish(_ exchange: Exchange, _ connection: LibpqConnection) {
    // It would include all later batches, none of which would ever be committed.
    guard underWay.count > 1 || connection.isIdle else {
      return end(PostgresError(.connectionLost, "a transaction was left open"))
    }
    if case .script = exchange.content, !connection.enterPipeline() { return endBroken(connection) }
    underWay.removeFirst()
    exchange.finish()
    if let next = underWay.first { beginStep(of: next, connection) }
  }

  /// Prepares for the results of the next step, before any of them is read.
  private func beginStep(of exchange: Exchange, _ connection: LibpqConnection) {
    switch exchange.steps.first {
    case .execution?:
      exchange.beginResult()
      connection.receiveRowsSingly()
    case .script?: connection.receiveRowsSingly()
    case .preparation?, .sync?, nil: break
    }
  }

  // MARK: The end

  private func endBroken(_ connection: LibpqConnection) {
    end(connection.fatalError ?? PostgresError(.connectionLost, "the server or the network has ended it"))
  }

  private func end(_ error: PostgresError) {
    guard isOpen else { return }
    logger.debug("the connection to the database has ended", metadata: ["reason": "\(error.summary)"])
    connection = nil
    end = error
    notify.finish()
    let (sent, unsent) = (underWay, waiting)
    (underWay, waiting) = ([], [])
    for exchange in sent { exchange.fail(error.forSentBatch()) }
    for exchange in unsent { exchange.fail(error) }
  }
}
