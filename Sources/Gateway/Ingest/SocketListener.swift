import Core
import Logging
import MattermostIO

/// Passes the events of the socket on in their order. After a gap, the missed posts are read over REST before newer
/// events.
actor SocketListener {
  /// That of `ingest`, so that passing an event on changes no executor.
  nonisolated var unownedExecutor: UnownedSerialExecutor { ingest.unownedExecutor }

  private let ingest: Ingest
  private let backfill: Backfill
  private let connection: ConnectionState
  /// Starts a pass of the backfill soon.
  private let poll: WakeableSleep
  /// Checks the token soon.
  private let tokenCheck: WakeableSleep
  private let onConnected: @Sendable () -> Void
  private let metrics: GatewayMetrics?
  private let logger: Logger
  /// True once the event socket was open.
  private var wasOpen = false
  /// True if everything has been read, and nothing has arrived since.
  private var isFresh = false
  private var processing: Task<Void, Never>?
  private var isEnded = false

  init(
    ingest: Ingest, backfill: Backfill, connection: ConnectionState, poll: WakeableSleep, tokenCheck: WakeableSleep,
    onConnected: @escaping @Sendable () -> Void, metrics: GatewayMetrics?, logger: Logger
  ) {
    self.ingest = ingest
    self.backfill = backfill
    self.connection = connection
    self.poll = poll
    self.tokenCheck = tokenCheck
    self.onConnected = onConnected
    self.metrics = metrics
    self.logger = logger
  }

  /// Processes one event after the other.
  func receive(_ event: SocketEvent) async {
    // Posts are many, and need no requests that the end of a connection could interrupt.
    if case .event(.posted, _) = event { return await process(event) }
    // Requests go on when the caller gives up its connection; only `end` cancels them.
    let processing = Task(executorPreference: Task.preferredExecutor) { await self.process(event) }
    self.processing = processing
    if isEnded { processing.cancel() }
    await processing.value
  }

  /// Interrupts the current event and all further ones, because the gateway ends.
  func end() {
    isEnded = true
    processing?.cancel()
  }

  private func process(_ event: SocketEvent) async {
    switch event {
    case .connecting: break
    case .connected(let isResumed): await connected(isResumed: isResumed)
    case .gap:
      // The gap of a new connection was closed when it opened.
      guard !isFresh else { return }
      logger.warning("events were missed; reading posts over REST")
      await readMissed()
    case .event(let event, _):
      isFresh = false
      if await !ingest.receive(event) { poll.wake() }
    case .skipped(let problem):
      // It may have been a post of a thread, an edit or a deletion.
      await ingest.forgetThreads()
      logger.warning("frame skipped", metadata: ["reason": "\(problem)"])
    case .lost(let error): await lost(error)
    case .waiting(let delay): logger.debug("reconnecting", metadata: ["after": .stringConvertible(delay)])
    }
  }

  private func connected(isResumed: Bool) async {
    let change = await connection.change(to: .websocket)
    if wasOpen { metrics?.recordReconnect(isResumed: isResumed) }
    wasOpen = true
    if change.isFirst {
      onConnected()
    } else if change.before == .polling {
      logger.warning("the WebSocket is open again; polling ends")
    } else {
      // At the level of the loss, so that the loss is not the last line about the connection.
      logger.warning("connected again", metadata: ["resumed": .stringConvertible(isResumed)])
    }
    if !isResumed { await readMissed() }
  }

  private func readMissed() async {
    await ingest.recordGap()
    isFresh = await backfill.pass().isComplete
    if !isFresh { poll.wake() }
  }

  private func lost(_ error: MattermostError) async {
    isFresh = false
    await ingest.forgetThreads()
    let wasOpen = await connection.recordLoss()
    logger.log(level: error.requiresUserAction ? .error : .warning, "connection lost", metadata: ["reason": "\(error)"])
    if !wasOpen { tokenCheck.wake() }
    if await connection.mustPoll { poll.wake() }
  }
}
