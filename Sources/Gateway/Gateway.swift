import AgentSessions
import FoundationEssentials
import Journal
public import Logging
import MattermostIO
public import RuleEngine
import Transport
public import Vocabulary

/// The program between Mattermost and the agents, from a verified start to a clean end.
public struct Gateway: Sendable {
  /// What whoever starts it must see.
  public let report: StartReport

  private let intake: Intake
  private let actions: Actions
  private let registry: SessionRegistry
  private let store: SessionStore
  private let journal: Journal?
  private let lanes: [(lanes: Lanes, grace: Duration)]
  private let socket: EventSocket
  private let reload: RulesReload?
  private let health: HealthServer?
  private let connection: ConnectionState
  private let names: NameKeeper
  private let logger: Logger

  /// Verifies the token, learns who the bot is and where, resolves the rules' names, and opens the store.
  ///
  /// - Parameter observe: is told of every event and what was decided, before anything is done about it.
  public static func start(
    _ settings: GatewaySettings, logger: Logger,
    observe: @escaping @Sendable (Event, Decision) async -> Void = { _, _ in }
  ) async throws(GatewayError) -> Gateway {
    try await Gateway(settings, logger: logger, observe: observe)
  }

  private init(
    _ settings: GatewaySettings, logger: Logger, observe: @escaping @Sendable (Event, Decision) async -> Void
  ) async throws(GatewayError) {
    let http = HTTPClient(logger: logger)
    // Agents are not shown the certificate that is meant for Mattermost.
    let client = MattermostClient(
      address: settings.address, token: settings.token,
      http: HTTPClient(logger: logger, certificate: settings.certificate), logger: logger)
    let rulesState = RulesState(RulesInForce(settings.rules), refusal: settings.refusal)
    let names = NameKeeper(
      client, NameFile(besideStore: settings.storePath), acceptsRenames: settings.acceptsRenames, state: rulesState,
      logger: logger)
    self.names = names
    let ready = try await ReadyRules(settings.rules.ruleSet, client, names)
    let around = ready.around
    do throws(StoreError) {
      store = try SessionStore(path: settings.storePath, logger: logger)
    } catch {
      throw .store(error)
    }
    let agents = AgentFactory(client: http, logger: logger)
    registry = SessionRegistry(
      store: store, agents: agents.agents(for: settings.rules.ruleSet.agents), logger: logger)
    let connection = ConnectionState()
    self.connection = connection
    let replies = Lanes(capacity: Limits.inHandMax)
    let notices = Lanes(capacity: Limits.inHandMax)
    let conversations = Lanes(capacity: Limits.inHandMax)
    // Each puts work into those behind it, never into those before it, and ends before them. Nobody needs to be told
    // at the end that they wait.
    lanes = [(conversations, Limits.grace), (notices, .zero), (replies, Limits.grace)]
    actions = Actions(
      rules: ready.compiled, registry: registry, store: store,
      poster: Poster(client: client, bot: around.bot, store: store, lanes: replies, logger: logger),
      lanes: conversations, notices: notices, connection: connection, rulesState: rulesState, logger: logger)
    var channels = ChannelBook()
    for channel in around.channels { channels.note(channel.channel, team: channel.teamID) }
    journal = settings.journalPath.flatMap {
      Journal(path: $0, policy: settings.rules.ruleSet.journal, teams: around.teams, logger: logger)
    }
    intake = Intake(
      decoder: EventDecoder(bot: around.bot), actions: actions, channels: channels, journal: journal, observe: observe,
      logger: logger)
    socket = EventSocket(
      address: settings.address, token: settings.token, certificate: settings.certificate, logger: logger)
    reload = settings.supply.map { [registry, intake] in
      RulesReload(
        supply: $0, client: client, names: names, agents: agents, registry: registry, intake: intake, state: rulesState,
        logger: logger)
    }
    health =
      if let address = settings.health {
        try await HealthServer.start(at: address) {
          HealthReport(
            await connection.facts, await rulesState.inForce, await rulesState.refused, await rulesState.moved)
        }
      } else { nil }
    report = StartReport(ready, settings: settings, health: health?.address)
    settings.supply?.keep(settings.rules, logger)
    // Behind the store, which makes the folder and tells whether another gateway is at work in it.
    await names.use(ready.names)
    self.logger = logger
  }

  /// Listens and answers until the task is cancelled, then ends cleanly: what is running and waiting stays in the store
  /// for the next start.
  ///
  /// - Parameter onConnected: is called when the event socket is open for the first time.
  /// - Throws: where the socket could never be opened, for a reason that somebody has to cure.
  public func run(onConnected: @escaping @Sendable () -> Void = {}) async throws(GatewayError) {
    do throws(StoreError) {
      for pending in try await store.pending() { await actions.resume(pending) }
    } catch {
      throw .store(error)
    }
    let reloading = Task { await reload?.run() }
    let recording = Task { await journal?.run() }
    let naming = Task { await names.run() }
    let failure = await listen(onConnected)
    reloading.cancel()
    naming.cancel()
    await reloading.value
    await naming.value
    await journal?.close()
    await recording.value
    await end()
    if let failure { throw .mattermost(failure) }
  }

  private func listen(_ onConnected: @escaping @Sendable () -> Void) async -> MattermostError? {
    let (failures, failed) = AsyncStream.makeStream(of: MattermostError.self)
    return await withTaskGroup(of: MattermostError?.self) { group in
      group.addTask {
        await socket.run { said in
          if let final = await hear(said, onConnected) { failed.yield(final) }
        }
        return nil
      }
      group.addTask { await failures.first { _ in true } }
      let first = await group.next() ?? nil
      group.cancelAll()
      // The socket may be waiting for room for the last event that it handed over.
      for (lanes, _) in lanes { await lanes.liftBound() }
      return first
    }
  }

  /// Takes in what the socket tells; returns an error that ends the gateway.
  private func hear(_ said: SocketEvent, _ onConnected: @Sendable () -> Void) async -> MattermostError? {
    switch said {
    case .connecting: break
    case .connected(let isResumed):
      if await connection.connected() {
        onConnected()
      } else {
        // As loud as the loss, or the last word in the log would be that the connection is gone.
        logger.warning("connected again", metadata: ["resumed": "\(isResumed)"])
      }
    case .gap: logger.warning("events may have been missed while the connection was down")
    case .event(let event, _):
      await names.hear(event)
      await intake.take(event)
    case .skipped(let problem): logger.warning("frame skipped", metadata: ["reason": "\(problem)"])
    case .lost(let error):
      if let attempt = await connection.lost(), error.endsStart(attempt) { return error }
      logger.log(level: error.needsCure ? .error : .warning, "connection lost", metadata: ["reason": "\(error)"])
    case .waiting(let delay): logger.debug("connecting again", metadata: ["after": "\(delay)"])
    }
    return nil
  }

  private func end() async {
    await registry.shutDown()
    for (lanes, grace) in lanes {
      let alarm = Task {
        try await Task.sleep(for: grace)
        await lanes.cancel()
      }
      await lanes.drain()
      alarm.cancel()
    }
    await store.close()
    await health?.stop()
    logger.info("ended")
  }
}

extension MattermostError {
  /// Whether there is no use in trying again after so many attempts to open the socket for the first time.
  fileprivate func endsStart(_ attempt: Int) -> Bool {
    // The token was good a moment ago: a connection that ends before the greeting may do so by chance.
    needsCure && (code != .noHello || attempt >= Limits.greetingsMissedMax)
  }
}

extension Journal {
  /// The journal, or nil with an error in the log: people are answered without one as well.
  fileprivate init?(path: String, policy: JournalPolicy, teams: [TeamRecord], logger: Logger) {
    do throws(JournalError) {
      let names = Dictionary(teams.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
      try self.init(path: path, policy: policy, teamNames: names, logger: logger)
    } catch {
      logger.error("nothing is recorded", metadata: ["reason": "\(error)"])
      return nil
    }
  }
}
