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
/// file. With one in a database they come last: the gateway may stand by for weeks until another one ends, and begins
/// with the rules, names and channels of that moment.
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
        return opened(try SQLiteStore(path: path, logger: logger), resolved)
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
      // A file would make it.
      try StoreFiles.makeFolder(of: settings.home + "/names.json")
      store = try await PostgresStore(address, bot: bot.id, member: settings.member, logger: logger)
    } catch {
      throw .store(error)
    }
    do throws(GatewayError) {
      let hasWaited = try await join(store)
      try await requireMovedFile(store)
      return try await hasWaited ? openedNow(store) : opened(store, resolve(settings.rules))
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

  /// Becomes the gateway that answers, as soon as no other one is, and returns whether that took time.
  private mutating func join(_ store: PostgresStore) async throws(GatewayError) -> Bool {
    defer { monitor.standBy(nil) }
    var hasWaited = retries.hasReported
    while true {
      do throws(StoreError) {
        try await store.join()
        return hasWaited
      } catch {
        guard error.code == .held else { throw .store(error) }
        monitor.standBy(error.detail)
        retries.reportStandby(error)
        hasWaited = true
        await store.waitForHolder(atMost: Limits.joinInterval)
        if Task.isCancelled { throw .store(error) }
      }
    }
  }

  /// Resolves the rules as they are now. If they cannot be used, those of the start go on.
  private func openedNow(_ store: PostgresStore) async throws(GatewayError) -> OpenedStore {
    guard let source = settings.source?.withNewWatcher, let reporter else {
      return opened(store, try await resolve(settings.rules))
    }
    let rejection: RulesRejection
    switch await source.newest(replacing: settings.rules.name) {
    case .success(let rules):
      do throws(GatewayError) {
        let resolved = try await resolve(rules)
        if rules.fingerprint != settings.rules.fingerprint || rules.lastGood != settings.rules.lastGood {
          let old = await monitor.rules.active
          await monitor.rules.activate(ActiveRules(rules, warnings: resolved.names.warnings))
          reporter.report(rules, resolved.names.warnings, insteadOf: old)
        }
        return OpenedStore(store: store, rules: rules, rejection: nil, resolved: resolved, source: source)
      } catch {
        // Other errors are no fault of the rules.
        guard case .rules(let reason) = error else { throw error }
        rejection = RulesRejection(rules.name, .expression(reason))
      }
    case .failure(let reason): rejection = reason
    }
    if await monitor.rules.reject(rejection) { await reporter.report(rejection) }
    let resolved = try await resolve(settings.rules)
    return OpenedStore(
      store: store, rules: settings.rules, rejection: rejection, resolved: resolved, source: source)
  }
}
