import Core
import FoundationEssentials
import Logging
import MattermostIO
import PostgreSQL
import ServerLookup
import Sessions

/// The store of a gateway, and the rules that it starts with.
struct OpenedStore: Sendable {
  let store: any SessionStore
  let rules: ValidatedRules
  /// The reason why `rules` are not the newest, if they are not.
  let rejection: RulesRejection?
  let resolved: ResolvedRules
  /// The source of newer rules, which misses no change since `rules` were read.
  let source: RulesSource?
}

/// Opens the store and resolves the rules, again and again while the server or the database cannot be reached.
///
/// With a store in a file, the rules come first, so that a start that waits for the server keeps no other gateway off the
/// file. With one in a database their names come last: while other gateways answer by other rules, this one stands by,
/// perhaps for weeks, and begins with the rules, names and channels of that moment.
struct StoreOpening {
  private let settings: GatewaySettings
  private let client: MattermostClient
  private let resolver: NameResolver
  private let monitor: GatewayMonitor
  private let reporter: RulesReporter?
  private let logger: Logger
  private var retries: StartRetries

  /// - Parameter client: A client whose requests trigger no check of the token.
  init(
    _ settings: GatewaySettings, _ client: MattermostClient, _ resolver: NameResolver, _ monitor: GatewayMonitor,
    logger: Logger
  ) {
    self.settings = settings
    self.client = client
    self.resolver = resolver
    self.monitor = monitor
    self.logger = logger
    reporter = settings.source.map {
      RulesReporter(show: $0.show, state: monitor.rules, logger: logger)
    }
    retries = StartRetries(
      onUnauthorized: settings.onUnauthorized, status: settings.status, show: settings.showWaiting, logger: logger)
  }

  mutating func open() async throws(GatewayError) -> OpenedStore {
    switch settings.store {
    case .file(let path):
      let resolved = try await resolvedRules()
      do throws(StoreError) {
        return opened(settings.storeWrapper(try SQLiteStore(path: path, logger: logger)), resolved)
      } catch {
        throw .store(error)
      }
    case .database(let address):
      while true {
        do throws(GatewayError) {
          return try await open(address)
        } catch {
          try await pause(after: error)
        }
      }
    }
  }

  private func opened(_ store: any SessionStore, _ resolved: ResolvedRules) -> OpenedStore {
    OpenedStore(
      store: store, rules: settings.rules, rejection: settings.rejection, resolved: resolved, source: settings.source)
  }

  /// Waits before the next attempt, or throws the error again if only a person can help.
  private mutating func pause(after error: GatewayError) async throws(GatewayError) {
    guard let pause = retries.pause(after: error) else { throw error }
    do { try await Task.sleep(for: pause) } catch _ { throw error }
  }

  private mutating func resolvedRules() async throws(GatewayError) -> ResolvedRules {
    while true {
      do throws(GatewayError) {
        return try await resolve(settings.rules)
      } catch {
        try await pause(after: error)
      }
    }
  }

  private func resolve(_ rules: ValidatedRules) async throws(GatewayError) -> ResolvedRules {
    do throws(RulesResolutionError) {
      return try await ResolvedRules(rules.ruleSet, client, resolver)
    } catch {
      throw GatewayError(error)
    }
  }
}

// MARK: A database

extension StoreOpening {
  private mutating func open(_ address: PostgresAddress) async throws(GatewayError) -> OpenedStore {
    let bot = try await account()
    let store: PostgresStore
    do throws(StoreError) {
      let lock = try StoreLock(folder: settings.home)
      store = try await PostgresStore(address, bot: bot.id, member: settings.member, lock: lock, logger: logger)
    } catch {
      throw .store(error)
    }
    do throws(GatewayError) {
      let joined = try await join(store)
      try await requireMovedFile(store)
      return try await opened(store, joined)
    } catch {
      await store.close()
      throw error
    }
  }

  /// Throws if the database is empty and the file of an earlier store is still there: it would be forgotten silently.
  private func requireMovedFile(_ store: PostgresStore) async throws(GatewayError) {
    let file = StoreLocation.file(in: settings.home)
    guard FileIdentity(path: file) != nil else { return }
    do throws(StoreError) {
      guard try await store.isUnused() else { return }
    } catch {
      throw .store(error)
    }
    throw .store(store.notMoved(file))
  }

  private func account() async throws(GatewayError) -> UserRecord {
    do throws(MattermostError) {
      return try await client.me()
    } catch {
      throw .lookup(.server(error))
    }
  }

  /// Rules, and why they are not the newest if they are not.
  private typealias JoiningRules = (rules: ValidatedRules, rejection: RulesRejection?, source: RulesSource?)

  /// Becomes one of the gateways that answer, as soon as its rules are theirs, and returns those rules.
  private mutating func join(_ store: PostgresStore) async throws(GatewayError) -> JoiningRules {
    defer { monitor.standBy(nil) }
    var joining: JoiningRules = (settings.rules, settings.rejection, settings.source)
    if retries.hasReported { joining = await usable(await newestRules()) }
    while true {
      do throws(StoreError) {
        try await store.join(rules: joining.rules.fingerprint)
        return joining
      } catch {
        guard error.code == .rulesDiffer else { throw .store(error) }
        monitor.standBy(error.detail)
        retries.reportStandby(error)
        await store.waitForMembers(atMost: Limits.joinInterval)
        if Task.isCancelled { throw .store(error) }
        let newest = await newestRules()
        if newest.rules.fingerprint == joining.rules.fingerprint {
          joining.rejection = newest.rejection
        } else {
          joining = await usable(newest)
        }
      }
    }
  }

  /// Returns rules if they can be used, else those of the start: rules that this gateway alone cannot use must not be put
  /// in force for others.
  private func usable(_ newest: JoiningRules) async -> JoiningRules {
    guard newest.rules.fingerprint != settings.rules.fingerprint else { return newest }
    do throws(GatewayError) {
      _ = try await resolve(newest.rules)
      return newest
    } catch {
      // Other errors are no fault of the rules.
      guard case .rules(let reason) = error else { return newest }
      let rejection = RulesRejection(newest.rules.name, .expression(reason))
      await report(rejection)
      return (settings.rules, rejection, newest.source)
    }
  }

  /// Returns the rules as they are now. If they cannot be used, those of the start go on.
  private func newestRules() async -> JoiningRules {
    guard let source = settings.source?.withNewWatcher else { return (settings.rules, settings.rejection, nil) }
    switch await source.newest(replacing: settings.rules.name) {
    case .success(let rules): return (rules, nil, source)
    case .failure(let rejection):
      await report(rejection)
      return (settings.rules, rejection, source)
    }
  }

  private func report(_ rejection: RulesRejection) async {
    if await monitor.rules.reject(rejection) { await reporter?.report(rejection) }
  }

  /// Resolves the rules with which the gateway has joined. If they cannot be used, those of the start go on.
  private func opened(_ store: PostgresStore, _ joined: JoiningRules) async throws(GatewayError) -> OpenedStore {
    var (rules, rejection, source) = joined
    var resolved: ResolvedRules
    do throws(GatewayError) {
      resolved = try await resolve(rules)
      let isRejected = await monitor.rules.rejected != nil
      if rules.fingerprint != settings.rules.fingerprint || rules.lastGood != settings.rules.lastGood
        || isRejected && rejection == nil
      {
        let old = await monitor.rules.active
        await monitor.rules.activate(ActiveRules(rules, warnings: resolved.names.warnings))
        reporter?.report(rules, resolved.names.warnings, insteadOf: old)
      }
    } catch {
      // Other errors are no fault of the rules.
      guard case .rules(let reason) = error, rules.fingerprint != settings.rules.fingerprint else { throw error }
      let unusable = RulesRejection(rules.name, .expression(reason))
      await report(unusable)
      (rules, rejection) = (settings.rules, unusable)
      resolved = try await resolve(rules)
      do throws(StoreError) {
        try await store.use(rules: rules.fingerprint)
      } catch {
        throw .store(error)
      }
    }
    await monitor.rules.recordAnnounced(rules.fingerprint)
    return OpenedStore(store: store, rules: rules, rejection: rejection, resolved: resolved, source: source)
  }
}
