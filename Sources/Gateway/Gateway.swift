import AgentSessions
import ConfigLoader
package import Core
import FoundationEssentials
import Hooks
import Journal
package import Logging
import MattermostIO
package import RuleEngine
import Transport

/// The program between Mattermost and the agents, from a verified start to a clean end.
package struct Gateway: Sendable {
  /// What whoever starts it must see.
  package let report: StartReport

  let intake: Ingest
  let catchUp: Backfill
  let socket: EventSocket
  let connection: ConnectionState
  let tokenWatch: TokenMonitor
  /// What is rung where REST has to be asked soon.
  let rounds = WakeableSleep()
  /// Has the event socket opened anew.
  let renewSocket: @Sendable () -> Void
  let renewals: AsyncStream<Void>
  let lanes: [(lanes: KeyedSerialExecutor, grace: Duration)]
  let rhythm: Intervals
  let logger: Logger
  private let agents: AgentFactory
  private let registry: SessionRegistry
  let store: SessionStore
  let keeper: NameResolver
  private let poster: Outbox
  private let hooks: HookRunner
  private let journal: Journal?
  private let reload: RulesReload?
  private let health: HealthServer?

  /// Verifies the token, learns who the bot is and where, resolves the rules' names, and opens the store.
  ///
  /// - Parameter observe: is told of every event and what was decided, before anything is done about it.
  package static func start(
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
    let serverHTTP = HTTPClient(logger: logger, certificate: settings.certificate)
    let suspicion = WakeableSleep()
    let client = MattermostClient(
      address: settings.address, token: settings.token, http: serverHTTP, logger: logger,
      onUnauthorized: { Task { await suspicion.ring() } })
    // Its own refusals are no new reason to ask.
    let asking = client.ignoringUnauthorized
    let rulesState = RulesState(ActiveRules(settings.rules), refusal: settings.refusal)
    keeper = NameResolver(
      PinnedNamesFile(besideStore: settings.storePath), acceptsRenames: settings.acceptsRenames, state: rulesState,
      logger: logger)
    let ready = try await ResolvedRules.look(
      up: settings.rules.ruleSet, asking, keeper, settings.onUnauthorized, logger)
    await rulesState.told(ready.names.warnings)
    let around = ready.around
    let kept: (cursors: [String: ChannelCursor], beganAt: Date)
    do throws(StoreError) {
      store = try SessionStore(path: settings.storePath, logger: logger)
      let beganAt = try await store.begin(with: around.cursors, at: client.clock.earliest)
      kept = (try await store.cursors(), beganAt)
    } catch {
      throw .store(error)
    }
    agents = AgentFactory(
      client: http, environment: ProcessInfo.processInfo.environment, logger: logger)
    hooks = HookRunner(settings.hooks, environment: ProcessInfo.processInfo.environment, logger: logger)
    registry = SessionRegistry(
      store: store, folders: settings.sessionFolders, agents: agents.agents(for: settings.rules.ruleSet.agents),
      turns: settings.rules.ruleSet.turns, now: { [clock = client.clock] in clock.now },
      onChange: { [hooks] key, change, user in hooks.note(HookEvent(change, of: key, by: user)) }, logger: logger)
    let connection = ConnectionState()
    self.connection = connection
    let replies = KeyedSerialExecutor(capacity: Limits.inHandMax)
    let notices = KeyedSerialExecutor(capacity: .max)
    let signs = KeyedSerialExecutor(capacity: Limits.inHandMax)
    let conversations = KeyedSerialExecutor(capacity: Limits.inHandMax)
    let hooked = KeyedSerialExecutor(capacity: Limits.inHandMax)
    // Each puts work into those behind it, never into those before it, and ends before them. At the end nobody needs to
    // be told that they wait, nor to be shown a sign.
    lanes = [
      (hooked, Limits.grace), (conversations, Limits.grace), (notices, .zero), (replies, Limits.grace), (signs, .zero),
    ]
    let otherGateway = DuplicateGatewayDetector(rhythm: settings.rhythm, logger: logger)
    journal = settings.journalPath.flatMap {
      Journal(path: $0, policy: settings.rules.ruleSet.journal, teams: around.teams, logger: logger)
    }
    poster = Outbox(
      client: client, bot: around.bot, instance: otherGateway.instance, store: store, lanes: replies,
      postScalarsMax: around.postScalarsMax, rhythm: settings.rhythm, outcomes: OutcomeLog(journal: journal),
      logger: logger)
    let actions = Dispatcher(
      rules: ready.compiled, registry: registry, store: store, poster: poster,
      reactions: Reactions(client: client, bot: around.bot, lanes: signs, logger: logger), lanes: conversations,
      waitNotices: WaitNotifier(poster: poster, lanes: notices, pause: settings.rhythm.waitNotice), hooks: hooks,
      hooked: hooked, bots: BotLoopGuard(), approvals: PermissionRequests(),
      connection: connection, otherGateway: otherGateway, rulesState: rulesState,
      logger: logger)
    var channels = ChannelCache()
    for channel in around.channels { channels.note(channel.channel, team: channel.teamID) }
    intake = Ingest(
      decoder: EventDecoder(bot: around.bot), actions: actions, names: ready.names.ids, keeper: keeper,
      channels: channels, cursors: ChannelCursors(kept: kept.cursors), alarm: rounds, otherGateway: otherGateway,
      beganAt: kept.beganAt, journal: journal,
      observe: observe, logger: logger)
    catchUp = Backfill(client: client, intake: intake, logger: logger)
    socket = EventSocket(
      address: settings.address, token: settings.token, certificate: settings.certificate,
      pingInterval: settings.pingInterval, logger: logger)
    // However many reasons come for a new socket, one is enough.
    let (renewals, renewal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    self.renewals = renewals
    renewSocket = { renewal.yield() }
    tokenWatch = TokenMonitor(
      client: asking, connection: connection, onUnauthorized: settings.onUnauthorized, alarm: suspicion,
      rhythm: settings.rhythm, renewSocket: renewSocket, know: { [intake] in await intake.know(own: $0) },
      logger: logger)
    reload = settings.supply.map { [keeper, agents, registry, intake, journal, hooks] in
      RulesReload(
        supply: $0, client: client, keeper: keeper, agents: agents, registry: registry, intake: intake,
        journal: journal, state: rulesState, hooks: hooks, logger: logger)
    }
    health =
      if let address = settings.health {
        try await HealthServer.start(at: address, logger: logger) { [store] in
          HealthReport(
            await connection.facts, await rulesState.inForce, await rulesState.refused, await rulesState.moved,
            await store.condition, await otherGateway.lastSeen)
        }
      } else { nil }
    report = StartReport(
      ready, settings: settings, health: health?.address, clockAhead: client.clock.secondsAhead)
    settings.supply?.keep(settings.rules, logger)
    // Behind the store, which makes the folder and tells whether another gateway is at work in it.
    await keeper.use(ready.names.ids, moved: ready.names.moved)
    rhythm = settings.rhythm
    self.logger = logger
  }

  /// Listens and answers until the task is cancelled, then ends cleanly: what is running and waiting stays in the store
  /// for the next start.
  ///
  /// - Parameter onConnected: is called when posts come for the first time, by the event socket or over REST.
  /// - Throws: where the server does not accept the token any more, which somebody has to cure.
  package func run(onConnected: @escaping @Sendable () -> Void = {}) async throws(GatewayError) {
    do throws(StoreError) {
      try await registry.sweep()
      let (pendingReplies, unfinished) = (try await store.pendingReplies(), try await store.unfinished())
      await withTaskCancellationHandler {
        for saying in pendingReplies { await poster.resume(saying) }
        await intake.takeUp(unfinished)
      } onCancel: {
        // There may be more of them than there is room for while the server takes nothing.
        Task { [lanes] in for (lanes, _) in lanes { await lanes.removeCapacity() } }
      }
    } catch {
      throw .store(error)
    }
    hooks.note(HookEvent(.gatewayStartup))
    let reloading = Task { await reload?.run() }
    let recording = Task { await journal?.run() }
    let failure = await listen(onConnected)
    reloading.cancel()
    await reloading.value
    // In a task of its own: this one is cancelled, and whatever waits in a cancelled task gives up at once.
    await Task {
      hooks.noteEnd()
      let hooksDeadline = ContinuousClock.now + Limits.hooksEndTime
      await intake.endLookUps()
      await intake.keepCursors(isLast: true)
      await end(hooksUntil: hooksDeadline)
      // What ends with the gateway has its outcome, too.
      journal?.close()
      await recording.value
    }.value
    if let failure { throw failure }
  }

  private func end(hooksUntil hooksDeadline: ContinuousClock.Instant) async {
    await registry.shutDown()
    await agents.close()
    for (lanes, grace) in lanes {
      let alarm = Task {
        try await Task.sleep(for: grace)
        await lanes.cancel()
      }
      await lanes.drain()
      alarm.cancel()
    }
    await hooks.finish(by: hooksDeadline)
    await store.close()
    await health?.stop()
    logger.info("ended")
  }
}

extension BotContext {
  /// Where the channels stand now: what was posted before edgecrab's first start is nobody's to answer.
  fileprivate var cursors: [String: ChannelCursor] {
    Dictionary(channels.map { ($0.id, ChannelCursor(post: "", createAt: $0.lastPostAt)) }) { first, _ in first }
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
