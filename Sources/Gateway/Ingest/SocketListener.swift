import Logging
import MattermostIO

/// Hears the event socket, and has what it may have missed read over REST before anything newer is taken in.
actor SocketListener {
  private let intake: Ingest
  private let catchUp: Backfill
  private let connection: ConnectionState
  /// What is rung where REST has to be asked soon.
  private let rounds: WakeableSleep
  /// What is rung where the token may be why.
  private let suspicion: WakeableSleep
  private let onConnected: @Sendable () -> Void
  private let logger: Logger
  /// Whether everything was read, and nothing heard since.
  private var isFresh = false
  private var hearing: Task<Void, Never>?
  private var isEnded = false

  init(
    intake: Ingest, catchUp: Backfill, connection: ConnectionState, rounds: WakeableSleep, suspicion: WakeableSleep,
    onConnected: @escaping @Sendable () -> Void, logger: Logger
  ) {
    self.intake = intake
    self.catchUp = catchUp
    self.connection = connection
    self.rounds = rounds
    self.suspicion = suspicion
    self.onConnected = onConnected
    self.logger = logger
  }

  /// Takes in what the socket tells, one thing after the other. What the server has to be asked about is not cut short
  /// where the socket is given up meanwhile; only `end` does that.
  func hear(_ said: SocketEvent) async {
    // Posts are many, and nothing has to be asked about them.
    if case .event(.posted, _) = said { return await take(said) }
    let hearing = Task { await take(said) }
    self.hearing = hearing
    if isEnded { hearing.cancel() }
    await hearing.value
  }

  /// Cuts short what is at hand, and what still comes: the gateway ends.
  func end() {
    isEnded = true
    hearing?.cancel()
  }

  private func take(_ said: SocketEvent) async {
    switch said {
    case .connecting: break
    case .connected(let isResumed): await connected(isResumed: isResumed)
    case .gap:
      // A new connection's gap was closed when it began.
      guard !isFresh else { return }
      logger.warning("events were missed; reading them over REST")
      await readMissed()
    case .event(let event, _):
      isFresh = false
      // An edit that could not be taken in is read over REST, like everything that is missed.
      if await !intake.take(event) { await rounds.ring() }
    case .skipped(let problem): logger.warning("frame skipped", metadata: ["reason": "\(problem)"])
    case .lost(let error): await lost(error)
    case .waiting(let delay): logger.debug("connecting again", metadata: ["after": .stringConvertible(delay)])
    }
  }

  private func connected(isResumed: Bool) async {
    let turn = await connection.turn(to: .websocket)
    if turn.isFirst {
      onConnected()
    } else if turn.before == .polling {
      logger.warning("the WebSocket is back; polling ends")
    } else {
      // As loud as the loss, or the last word in the log would be that the connection is gone.
      logger.warning("connected again", metadata: ["resumed": "\(isResumed)"])
    }
    if !isResumed { await readMissed() }
  }

  private func readMissed() async {
    await intake.lose()
    isFresh = await catchUp.pass().isComplete
    if !isFresh { await rounds.ring() }
  }

  private func lost(_ error: MattermostError) async {
    isFresh = false
    let wasOpen = await connection.lost()
    logger.log(level: error.requiresUserAction ? .error : .warning, "connection lost", metadata: ["reason": "\(error)"])
    if !wasOpen { await suspicion.ring() }
    if await connection.mustPoll { await rounds.ring() }
  }
}
