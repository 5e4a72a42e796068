import Agents
import ConfigLoader
package import Core
import FoundationEssentials
import Hooks
import Journal
package import Logging
import MattermostIO
package import RuleEngine
import ServerLookup
import Sessions
package import Tracing
import Transport

/// The process between Mattermost and the agents, from start to end. This file wires the parts together.
package struct Gateway: Sendable {
  package let report: StartReport
  /// The address of the listener; `nil` if there is none.
  package var listening: ListenAddress? { listener?.address }

  private let ingest: Ingest
  private let backfill: Backfill
  private let socket: EventSocket
  private let connection: ConnectionState
  private let tokenMonitor: TokenMonitor
  /// Starts a pass of the backfill soon.
  private let poll: WakeableSleep
  private let socketRenewal: SocketRenewal
  private let executors: Executors
  private let intervals: Intervals
  private let agents: AgentFactory
  private let registry: SessionRegistry
  private let store: any SessionStore
  private let resolver: NameResolver
  private let outbox: Outbox
  private let hooks: HookRunner
  private let journal: Journal?
  private let reload: RulesReload?
  private let monitor: GatewayMonitor
  private let listener: MonitoringServer?
  private let status: ServiceStatus
  private let logger: Logger

  /// Verifies the token, fetches the bot's account and memberships, resolves the names in the rules, and opens the
  /// store. While other gateways of the same database answer by other rules, it stands by.
  ///
  /// - Parameters:
  ///   - tracer: traces what is done about posts.
  ///   - observe: called with each event and its decision, before anything is done about it.
  package static func start(
    _ settings: GatewaySettings, tracer: Tracer = .off, logger: Logger,
    observe: @escaping @Sendable (Event, Decision) async -> Void = { _, _ in }
  ) async throws(GatewayError) -> Gateway {
    let monitor = GatewayMonitor(
      RulesState(ActiveRules(settings.rules), rejection: settings.rejection), isListening: settings.listen != nil)
    let listener = try await listener(at: settings.listen, showing: monitor, logger)
    do throws(GatewayError) {
      return try await Gateway(settings, monitor, listener, tracer, logger: logger, observe: observe)
    } catch {
      await listener?.stop()
      throw error
    }
  }

  private static func listener(
    at address: ListenAddress?, showing monitor: GatewayMonitor, _ logger: Logger
  ) async throws(GatewayError) -> MonitoringServer? {
    guard let address else { return nil }
    do throws(ListenError) {
      return try await MonitoringServer.start(at: address, showing: monitor, logger: logger)
    } catch {
      throw .listen(error)
    }
  }

  private init(
    _ settings: GatewaySettings, _ monitor: GatewayMonitor, _ listener: MonitoringServer?, _ tracer: Tracer,
    logger: Logger, observe: @escaping @Sendable (Event, Decision) async -> Void
  ) async throws(GatewayError) {
    self.logger = logger
    self.monitor = monitor
    self.listener = listener
    let (metrics, rulesState) = (monitor.metrics, monitor.rules)
    intervals = settings.intervals
    let http = HTTPClient(logger: logger)
    // Agents must not get the client certificate for Mattermost.
    let serverHTTP = HTTPClient(logger: logger, certificate: settings.certificate)
    let tokenCheck = WakeableSleep()
    let reader = MattermostClient(
      address: settings.address, token: settings.token, http: serverHTTP, logger: logger,
      onAttempt: { metrics?.record($0) },
      onUnauthorized: { tokenCheck.wake() })

    // The rules, the store and the journal.
    resolver = NameResolver(
      PinnedNamesFile(in: settings.home), acceptsRenames: settings.acceptsRenames, state: rulesState,
      logger: logger)
    var opening = StoreOpening(settings, reader.ignoringUnauthorized, resolver, monitor, logger: logger)
    let opened = try await opening.open()
    let (resolved, rules) = (opened.resolved, opened.rules)
    store = opened.store
    let context = resolved.context
    await rulesState.recordPrinted(resolved.names.warnings)
    let client = reader.changing(onlyWhile: { [store] in store.isHeld })
    // Does not trigger another check when the server rejects the token.
    let checkingClient = client.ignoringUnauthorized
    let cursors: [ChannelID: ChannelCursor]
    let beganAt: Date
    do throws(StoreError) {
      beganAt = try await store.begin(with: context.cursors, at: client.clock.earliest)
      cursors = try await store.cursors()
    } catch {
      await store.close()
      throw .store(error)
    }
    journal = settings.journalPath.flatMap {
      Journal(
        path: $0, policy: rules.ruleSet.journal, teams: context.teams,
        onLoss: { metrics?.recordJournalLoss($0) }, logger: logger)
    }
    let outcomes = OutcomeLog(journal: journal, metrics: metrics)

    // Agents and sessions.
    let environment = ProcessInfo.processInfo.environment
    agents = AgentFactory(client: http, environment: environment, logger: logger)
    hooks = HookRunner(
      settings.hooks, environment: environment, onEnd: { metrics?.recordHook($0, $1) }, logger: logger)
    let progress = DelayQueue(delay: intervals.progress)
    registry = SessionRegistry(
      store: store, folders: settings.sessionFolders, agents: agents.agents(for: rules.ruleSet.agents),
      turns: rules.ruleSet.turns, progress: progress, now: { [clock = client.clock] in clock.now },
      onChange: { [hooks] key, change, user in hooks.notify(HookEvent(change, of: key, by: user)) }, logger: logger)

    // Ingest → Dispatch → Delivery.
    connection = ConnectionState { [status = settings.status, store] mode, text in
      status.show(mode.sentence(text, bot: context.account.username), isConnected: mode != .none)
      store.setReady(mode != .none)
    }
    let duplicates = DuplicateGatewayDetector(instance: store.instance, intervals: intervals, logger: logger)
    monitor.show(
      GatewayMonitor.Parts(connection: connection, store: store, sessions: registry, duplicates: duplicates))
    let botLoopGuard = BotLoopGuard()
    executors = Executors()
    let deliveryIntervals = DeliveryIntervals(
      first: intervals.deliveryPauseFirst, longest: intervals.deliveryPauseMax)
    let posts = PostingClient(
      client: client, bot: context.bot, instance: duplicates.instance, intervals: deliveryIntervals, logger: logger)
    outbox = Outbox(
      posts: posts, store: store, executor: executors.replies, postScalarsMax: context.postScalarsMax,
      outcomes: outcomes)
    let commands = BuiltinCommands(
      registry: registry, store: store, hooks: hooks, rulesState: rulesState, connection: connection,
      duplicates: duplicates, botLoopGuard: botLoopGuard, clock: client.clock)
    let dispatcher = Dispatcher(
      rules: resolved.compiled, registry: registry, store: store, outbox: outbox,
      reactions: Reactions(
        client: client, bot: context.bot, executor: executors.reactions, progress: progress, logger: logger),
      accounts: AccountDirectory(client: client), threads: RecentThreads(),
      executor: executors.sessions, hookExecutor: executors.hooked,
      waitNotifier: WaitNotifier(outbox: outbox, executor: executors.notices, pause: intervals.waitNotice),
      hooks: hooks, commands: commands, permissions: PermissionRequests(), tracer: tracer, logger: logger)
    poll = WakeableSleep()
    ingest = Ingest(
      rules: resolved, dispatcher: dispatcher, botLoopGuard: botLoopGuard, client: client, store: store,
      cursors: cursors, beganAt: beganAt, outcomes: outcomes, resolver: resolver, duplicates: duplicates, wakeUp: poll,
      observe: observe, logger: logger)
    backfill = Backfill(client: client, ingest: ingest, logger: logger)
    socket = EventSocket(
      address: settings.address, token: settings.token, certificate: settings.certificate,
      pingInterval: settings.pingInterval, logger: logger)
    socketRenewal = SocketRenewal()

    // Beside the way of a post.
    tokenMonitor = TokenMonitor(
      client: checkingClient, connection: connection, policy: settings.onUnauthorized, sleep: tokenCheck,
      intervals: intervals, renewSocket: socketRenewal.request,
      updateBot: { [ingest] in await ingest.updateBot($0) }, logger: logger)
    reload = opened.source.map { [resolver, agents, registry, store, ingest, journal, hooks] in
      RulesReload(
        source: $0, client: client, resolver: resolver, agents: agents, registry: registry, store: store,
        ingest: ingest, journal: journal, state: rulesState, hooks: hooks, metrics: metrics, status: settings.status,
        logger: logger)
    }
    settings.status.endReload(refused: opened.rejection?.name)
    status = settings.status
    report = StartReport(
      resolved, rules, settings: settings, listening: listener?.address,
      clockSkew: client.clock.secondsAhead.map(ClockSkew.init(seconds:)))
    opened.source?.store(rules, logger)
    // After the store, which creates the folder and refuses to open if another gateway uses it.
    await resolver.pin(resolved.names.ids, renamed: resolved.names.renamed)
  }

  // MARK: Running

  /// Receives and answers messages until the task is cancelled, then ends: running turns and waiting messages stay in
  /// the store for the next start.
  ///
  /// - Parameter onConnected: Called when posts arrive for the first time, over the event socket or by polling.
  /// - Throws: If a person has to act, as when the server does not accept the token any more, or if the gateway has lost
  ///   its place in the database (`mayStartOver`).
  package func run(onConnected: @escaping @Sendable () -> Void = {}) async throws(GatewayError) {
    let recording = Task(executorPreference: NetworkThread.shared) { await journal?.run() }
    let failure = await runUntilFailure(onConnected)
    let mayStartOver = failure?.mayStartOver ?? false
    // In a task of its own: in the cancelled one, everything that waits would give up.
    await Task {
      let closing = Task { await closeStoreWhenLost() }
      hooks.notifyShutdown()
      let hooksDeadline = ContinuousClock.now + Limits.hooksEndTime
      if !mayStartOver { await ingest.saveCursors(isLast: true) }
      await end(hooksUntil: hooksDeadline)
      // Last, because what ends with the gateway has an outcome, too.
      journal?.close()
      await recording.value
      closing.cancel()
    }.value
    if let failure { throw failure }
  }

  private func runUntilFailure(_ onConnected: @escaping @Sendable () -> Void) async -> GatewayError? {
    await withTaskGroup(of: GatewayError?.self) { group in
      // First, because everything else may wait for the store.
      group.addTask { await watchStore().map(GatewayError.store) }
      group.addTask {
        do throws(StoreError) {
          try await resume()
        } catch {
          // Of a store that is lost, that is the reason.
          return .store(store.isHeld ? error : store.obstacle ?? error)
        }
        hooks.notify(HookEvent(.gatewayStartup))
        return await receive(onConnected)
      }
      let first = await group.next() ?? nil
      if first?.mayStartOver != true { status.stop() }
      group.cancelAll()
      // What is under way may wait for a database that does not answer.
      let closing = Task { await closeStoreWhenLost() }
      await group.waitForAll()
      closing.cancel()
      return first
    }
  }

  /// Continues with what an earlier gateway left.
  private func resume() async throws(StoreError) {
    try await registry.sweep()
    let result: Result<Void, StoreError> = await withTaskCancellationHandler {
      do throws(StoreError) {
        return .success(try await ingest.takeOver())
      } catch {
        return .failure(error)
      }
    } onCancel: {
      // Replies may wait for capacity while the server accepts nothing.
      executors.removeCapacity()
    }
    try result.get()
  }

  /// Runs everything that brings messages, until the task is cancelled or a part of it fails for good.
  private func receive(_ onConnected: @escaping @Sendable () -> Void) async -> GatewayError? {
    let listener = SocketListener(
      ingest: ingest, backfill: backfill, connection: connection, poll: poll, tokenCheck: tokenMonitor.sleep,
      onConnected: onConnected, metrics: monitor.metrics, logger: logger)
    let poller = Poller(
      backfill: backfill, ingest: ingest, connection: connection, sleep: poll, intervals: intervals,
      onConnected: onConnected, renewSocket: socketRenewal.request, logger: logger)
    // Not in the group: a reload that has begun delays the end, but the socket does not wait for it.
    let reloading = Task { await reload?.run() }
    let failure = await withTaskGroup(of: GatewayError?.self) { group in
      // What reads posts, and by inheritance what decides and answers them, runs on the thread of the network.
      group.addTask(executorPreference: NetworkThread.shared) {
        while !Task.isCancelled { await connect(listener) }
        return nil
      }
      group.addTask(executorPreference: NetworkThread.shared) {
        await poller.run()
        return nil
      }
      group.addTask(executorPreference: NetworkThread.shared) {
        await ingest.resolveAuthors()
        return nil
      }
      group.addTask(executorPreference: NetworkThread.shared) {
        await ingest.decideDeferred()
        return nil
      }
      group.addTask(executorPreference: NetworkThread.shared) {
        await ingest.runTakeovers()
        return nil
      }
      group.addTask {
        let interval = store.instance == nil ? intervals.cursors : intervals.sharedCursors
        while (try? await Task.sleep(for: interval)) != nil {
          // Without new posts, the stored cursors stay behind, so that the last posts are read once more.
          if await connection.mode != .none { await ingest.saveCursors() }
        }
        return nil
      }
      group.addTask { await tokenMonitor.run().map { .lookup(.server($0)) } }
      group.addTask {
        while (try? await Task.sleep(for: intervals.storeCheck)) != nil { await resolver.restoreFileIfMissing() }
        return nil
      }
      let first = await group.next() ?? nil
      // Before what is cancelled reports what it lost. A gateway that has lost its place goes on.
      if store.isHeld { status.stop() }
      group.cancelAll()
      await listener.end()
      // Nothing is read any more, which `/ready` shows.
      _ = await connection.change(to: .none)
      // The socket may wait for capacity for the last event.
      executors.removeCapacity()
      return first
    }
    reloading.cancel()
    await reloading.value
    return failure
  }

  /// Keeps an event socket open until a renewal is requested or the task is cancelled.
  private func connect(_ listener: SocketListener) async {
    await withTaskGroup { group in
      group.addTask { await socket.run { await listener.receive($0) } }
      group.addTask { await socketRenewal.wait() }
      await group.next()
      group.cancelAll()
    }
  }

  /// Keeps the store usable until the task is cancelled, or returns why the gateway must end. If another one may take its
  /// place, all that it does for agents and in the chat has ended by then.
  private func watchStore() async -> StoreError? {
    guard let error = await store.run(checkingEvery: intervals.storeCheck) else { return nil }
    guard error.isTemporary else { return error }
    logger.error("no longer answering", metadata: ["reason": "\(error.summary)"])
    executors.cancelAll()
    await registry.shutDown()
    // Whatever still waits for the database gives up.
    await store.close()
    return error
  }

  /// Closes a store that is lost while the gateway ends: nothing more can be stored, and a database that does not answer
  /// must not hold up the end.
  private func closeStoreWhenLost() async {
    while store.isHeld {
      do { try await Task.sleep(for: Limits.storeLostInterval) } catch { return }
    }
    await store.close()
  }

  private func end(hooksUntil hooksDeadline: ContinuousClock.Instant) async {
    await registry.shutDown()
    await agents.close()
    await executors.end()
    // Before the hooks, which do not use it, so that the next gateway can take over.
    await store.close()
    await hooks.finish(by: hooksDeadline)
    await listener?.stop()
    logger.info("ended")
  }
}

/// The executors of the gateway's work. One that fills up stops the one before it, and in the end the event socket.
///
/// Each passes work only to those after it, never to those before, so that no two wait for each other.
private struct Executors: Sendable {
  /// Commands that wait for a hook, each by its claim.
  let hooked = KeyedSerialExecutor<String>(capacity: Limits.inHandMax)
  /// Messages and commands, by session: a message after `!new` is processed after it.
  let sessions = KeyedSerialExecutor<String>(capacity: Limits.inHandMax)
  /// Notices that messages wait, by person. They never wait for capacity, and there is at most one for each person.
  let notices = KeyedSerialExecutor<String>(capacity: .max)
  /// Replies, by channel: a slow server does not delay `!stop`.
  let replies = KeyedSerialExecutor<String>(capacity: Limits.inHandMax)
  /// Reactions, by post.
  let reactions = KeyedSerialExecutor<String>(capacity: Limits.inHandMax)

  private var all: [(executor: KeyedSerialExecutor<String>, grace: Duration)] {
    // At the end, notices and reactions are of no use.
    [
      (hooked, Limits.grace), (sessions, Limits.grace), (notices, .zero), (replies, Limits.grace), (reactions, .zero),
    ]
  }

  func removeCapacity() {
    for (executor, _) in all { executor.removeCapacityLimit() }
  }

  func cancelAll() {
    for (executor, _) in all {
      executor.removeCapacityLimit()
      executor.cancelAll()
    }
  }

  /// Waits for the work of one after the other, cancels it after its grace, and leaves it after a second more: a call
  /// that is not cut short may take a minute.
  func end() async {
    for (executor, grace) in all {
      if await executor.drain(until: .now + grace) { continue }
      executor.cancelAll()
      await executor.drain(until: .now + Limits.cancelledGrace)
    }
  }
}

/// Requests to reopen the event socket. Several requests at once are one.
private final class SocketRenewal: Sendable {
  private let sleep = WakeableSleep()

  func request() { sleep.wake() }

  func wait() async { await sleep.sleep(for: nil) }
}

extension BotContext {
  /// Cursors at the channels' last posts: posts from before edgecrab's first start are not answered.
  fileprivate var cursors: [ChannelID: ChannelCursor] {
    Dictionary(channels.map { ($0.id, ChannelCursor(post: nil, createAt: $0.lastPostAt)) }) { first, _ in first }
  }
}

extension Journal {
  /// Opens the journal; `nil` with an error in the log, because messages are answered without it as well.
  fileprivate init?(
    path: String, policy: JournalPolicy, teams: [TeamRecord], onLoss: @escaping @Sendable (Int) -> Void, logger: Logger
  ) {
    do throws(JournalError) {
      let names = Dictionary(teams.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
      try self.init(path: path, policy: policy, teamNames: names, onLoss: onLoss, logger: logger)
    } catch {
      logger.error("nothing is recorded", metadata: ["reason": "\(error)"])
      return nil
    }
  }
}
