import Logging
import MattermostIO

/// Hears the event socket, and has what it may have missed read over REST before anything newer is taken in.
actor Listener {
  private let intake: Intake
  private let catchUp: CatchUp
  private let names: NameKeeper
  private let connection: ConnectionState
  /// What is rung where REST has to be asked soon.
  private let rounds: Alarm
  /// What is rung where the token may be why.
  private let suspicion: Alarm
  private let onConnected: @Sendable () -> Void
  private let logger: Logger
  /// Whether everything was read, and nothing heard since.
  private var isFresh = false

  init(
    intake: Intake, catchUp: CatchUp, names: NameKeeper, connection: ConnectionState, rounds: Alarm,
    suspicion: Alarm, onConnected: @escaping @Sendable () -> Void, logger: Logger
  ) {
    self.intake = intake
    self.catchUp = catchUp
    self.names = names
    self.connection = connection
    self.rounds = rounds
    self.suspicion = suspicion
    self.onConnected = onConnected
    self.logger = logger
  }

  /// Takes in what the socket tells.
  func hear(_ said: SocketEvent) async {
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
      await names.hear(event)
      await intake.take(event)
    case .skipped(let problem): logger.warning("frame skipped", metadata: ["reason": "\(problem)"])
    case .lost(let error): await lost(error)
    case .waiting(let delay): logger.debug("connecting again", metadata: ["after": "\(delay)"])
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
    logger.log(level: error.needsCure ? .error : .warning, "connection lost", metadata: ["reason": "\(error)"])
    if !wasOpen { await suspicion.ring() }
    if await connection.mustPoll { await rounds.ring() }
  }
}
