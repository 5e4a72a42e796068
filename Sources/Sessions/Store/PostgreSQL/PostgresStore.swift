package import Core
import FoundationEssentials
package import Logging
package import PostgreSQL
import Synchronization

/// A store in a PostgreSQL database, for several gateways of one bot.
///
/// Each conversation is in the hands of one of them, which has its lease: what is claimed, waits or is to be posted in it
/// belongs to that one. What a member had that is over, another takes over.
///
/// Each operation is one batch, which is one round trip. Changes that wait at the same time share a transaction
/// (`ChangeQueue`), which begins with the fence: it fails if the gateway is no longer a member, and keeps others from
/// ending its membership until the changes are made. When a change returns, it survives what the database's
/// `synchronous_commit` says, unless it only records what was posted: after a crash of the database, that is found by
/// its mark.
///
/// If the connection is lost, a batch is repeated on a new one, which all of them are written for: made twice, it has
/// the same effect and the same result as made once. That goes on until the lease is over.
package actor PostgresStore: SessionStore {
  package nonisolated var condition: StoreCondition { lastCondition.withLock { $0 } }
  private nonisolated let lastCondition = Mutex(StoreCondition.sound)
  package nonisolated var isHeld: Bool { membership.mayWait }
  package nonisolated var obstacle: StoreError? { membership.obstacle }
  package nonisolated let instance: String?
  package nonisolated var share: StoreShare? {
    StoreShare(gateways: membership.workingCount, sessions: held.count)
  }

  /// Used for all but the membership, so that a long operation does not keep it from being renewed.
  let link: PostgresLink
  nonisolated let membership: Membership
  private let changes: ChangeQueue
  let logger: Logger
  private var prunedAt = Date.distantPast
  var threads = JoinedThreadCache()
  nonisolated let held = HeldSessions()
  /// Gives leases back, after which they can be taken again.
  var releasing: Task<Void, Never>?
  /// True while it is read what this gateway has.
  var isTakingOver = false
  /// What was handed over to this gateway, until the database knows that it has it.
  var taken = TakenItems()
  /// The changes that are made as soon as the database takes them.
  private var postponed: ArraySlice<PostgresBatch> = []
  private var flushing: Task<Void, Never>?
  /// Keeps other gateways out of this one's folder.
  private var lock: StoreLock?

  /// Connects to the database, and makes its tables or brings them up to date. It can be read from then on, and changed
  /// once `join(rules:)` or `joinAlone()` has returned.
  ///
  /// - Parameters:
  ///   - bot: the bot's account: a store belongs to one bot; `nil` to leave open whose it is.
  ///   - member: what other gateways show of this one.
  ///   - lease: the times of its membership.
  ///   - lock: is released when the store is closed.
  package init(
    _ address: PostgresAddress, bot: UserID?, member: MemberDescription, lease: LeaseTimes = LeaseTimes(),
    lock: StoreLock? = nil, logger: Logger
  ) async throws(StoreError) {
    let link = PostgresLink(address, logger: logger)
    let membership = Membership(
      PostgresLink(address, limits: lease.connectionLimits, logger: logger), member, lease, logger: logger)
    instance = try await Self.cancellable(link, membership) { () async throws(StoreError) in
      try await PostgresSchema.prepare(link, bot: bot)
    }
    (self.link, self.membership, self.lock, self.logger) = (link, membership, lock, logger)
    changes = ChangeQueue(link, membership)
    logger.debug("store opened", metadata: ["store": "\(address)"])
  }

  /// Becomes one of the gateways that work with the store. Cancelling the task ends the attempt, and the use of the store.
  ///
  /// - Parameter rules: the fingerprint of its rules.
  /// - Throws: `StoreError` with the code `.rulesDiffer` while others work by newer rules.
  package func join(rules: String) async throws(StoreError) {
    try await Self.cancellable(link, membership) { () async throws(StoreError) in
      try await membership.join(rules: rules)
      await membership.setApplicationName(of: link)
    }
  }

  /// Becomes the only one that changes the store.
  ///
  /// - Throws: `StoreError` with the code `.hasGateways` while a gateway works with it, whose name is its `detail`.
  func joinAlone() async throws(StoreError) {
    try await Self.cancellable(link, membership) { () async throws(StoreError) in
      try await membership.joinAlone()
      await membership.setApplicationName(of: link)
    }
  }

  /// Waits until a gateway has told the others something, or the time is over.
  package nonisolated func waitForMembers(atMost time: Duration) async { await membership.waitForMembers(atMost: time) }

  package nonisolated func setReady(_ isReady: Bool) { membership.setReady(isReady) }

  package func use(rules fingerprint: String) async throws(StoreError) {
    try await membership.use(rules: fingerprint)
  }

  /// Closes all connections when the task is cancelled, so that a database that does not answer holds up no end.
  private static func cancellable<Value: Sendable>(
    _ link: PostgresLink, _ membership: Membership, _ work: () async throws(StoreError) -> Value
  ) async throws(StoreError) -> Value {
    let result: Result<Value, StoreError> = await withTaskCancellationHandler {
      do throws(StoreError) {
        return .success(try await work())
      } catch {
        return .failure(error)
      }
    } onCancel: {
      Task {
        await membership.leave()
        await link.close()
      }
    }
    return try result.get()
  }

  deinit { membership.stopRenewing() }

  package func run(checkingEvery interval: Duration) async -> StoreError? {
    let releasing = Task { await releaseRegularly() }
    defer { releasing.cancel() }
    guard let end = await membership.end() else { return nil }
    lastCondition.withLock { $0 = .replaced(end) }
    return end
  }

  package func close() async {
    flushing?.cancel()
    // Once the store is lost, nothing more can be stored: what waits for a database that does not answer gives up.
    if !isHeld { await link.close() }
    await releasing?.value
    await flushing?.value
    await flush()
    for _ in postponed {
      logger.error("claims not finished", metadata: ["reason": "\(StoreError(.closed, link.address))"])
    }
    postponed = []
    await membership.leave()
    await link.close()
    lock = nil
  }
}

// MARK: Reading

extension PostgresStore {
  func read(_ statement: Statement, _ values: PostgresValue...) async throws(StoreError) -> [PostgresRow] {
    try await read(PostgresBatch { $0.add(statement, values) })[0]
  }

  /// Returns all rows of a statement that selects those after $1, at most $2 at a time, and has what they are sorted by
  /// in its first column.
  func readAll(
    _ statement: Statement, after first: PostgresValue, atOnce count: Int, _ others: PostgresValue...
  ) async throws(StoreError) -> [PostgresRow] {
    var (rows, last): ([PostgresRow], PostgresValue) = ([], first)
    while true {
      let more = try await read(PostgresBatch { $0.add(statement, [last, .int(Int64(count))] + others) })[0]
      rows += more
      guard let end = more.last, more.count == count else { return rows }
      last = try decode { () throws(PostgresError) in
        if case .int = first { .int(try end.int(0)) } else { .text(try end.text(0)) }
      }
    }
  }

  /// Runs statements that change nothing, and returns the rows of each.
  func read(_ batch: PostgresBatch) async throws(StoreError) -> [[PostgresRow]] {
    try membership.requireNoEnd()
    return try await link.run(batch, while: { [membership] in membership.mayWait })
  }

  /// Returns what `decode` makes of rows.
  func decode<Value>(_ decode: () throws(PostgresError) -> Value) throws(StoreError) -> Value {
    do throws(PostgresError) {
      return try decode()
    } catch {
      throw StoreError(error, link.address)
    }
  }
}

// MARK: Changing

extension PostgresStore {
  @discardableResult
  func write(_ statement: Statement, _ values: PostgresValue...) async throws(StoreError) -> [PostgresRow] {
    try await write(PostgresBatch { $0.add(statement, values) })[0]
  }

  /// Makes changes in one transaction, and returns the rows of each statement.
  @discardableResult
  func write(_ batch: PostgresBatch) async throws(StoreError) -> [[PostgresRow]] {
    try await changes.run(batch, needsDisk: true)
  }

  /// Makes changes that only record what was posted: a crash of the database may lose the last ones, and what they
  /// record is found again by its mark.
  func writeSoon(_ batch: PostgresBatch) async throws(StoreError) { _ = try await changes.run(batch, needsDisk: false) }

  /// Makes changes that the database does not take now, as soon as it does.
  func writeLater(_ batch: PostgresBatch) {
    guard postponed.count < Limits.postponedChangesMax else {
      return logger.error("claims not finished", metadata: ["reason": "too many wait for the database"])
    }
    postponed.append(batch)
    scheduleFlush()
  }

  private func scheduleFlush() {
    guard flushing == nil, !postponed.isEmpty else { return }
    flushing = Task {
      try? await Task.sleep(for: Limits.postponedRetryTime)
      if !Task.isCancelled { await flush() }
      flushing = nil
      if !Task.isCancelled { scheduleFlush() }
    }
  }

  private func flush() async {
    while let next = postponed.popFirst() {
      do throws(StoreError) {
        try await write(next)
      } catch {
        guard !error.isRefusal else { return postponed.insert(next, at: postponed.startIndex) }
        logger.error("claims not finished", metadata: ["reason": "\(error)"])
      }
    }
  }
}

// MARK: Old rows

extension PostgresStore {
  /// Begins to delete rows that are too old to matter, at most once in `Limits.pruneHours`.
  func pruneIfDue(at now: Date) {
    guard now.timeIntervalSince(prunedAt) >= Double(Limits.pruneHours) * 3_600 else { return }
    prunedAt = now
    Task {
      do throws(StoreError) {
        try await prune(at: now)
      } catch {
        logger.error("old claims and conversations not deleted", metadata: ["reason": "\(error)"])
      }
    }
  }

  /// Deletes old rows in portions, between which others use the connection.
  private func prune(at now: Date) async throws(StoreError) {
    let day: Int64 = 86_400_000
    let old = PostgresValue.int(now.milliseconds - Int64(Limits.sessionDays) * day)
    defer { threads = JoinedThreadCache() }
    try await deleteAll(Self.deleteOldClaims, .int(now.milliseconds - Int64(Limits.claimDays) * day))
    try await deleteAll(Self.deleteOldSessions, old)
    try await deleteAll(Self.deleteOldThreads, old)
  }

  /// Deletes rows before $1, at most $2 in a transaction, so that other changes do not wait for all of them.
  private func deleteAll(_ statement: Statement, _ before: PostgresValue) async throws(StoreError) {
    let most = Int64(Limits.deletedAtOnceMax)
    while true {
      let count = try await write(statement, before, .int(most))
      guard try decode({ () throws(PostgresError) in try count[0].int(0) == most }) else { return }
    }
  }

  private static let deleteOldClaims: Statement = """
    WITH old AS (
      DELETE FROM claims WHERE ctid = ANY (ARRAY (
        SELECT ctid FROM claims
        WHERE claimed_at < $1 AND post NOT IN (SELECT post FROM waiting) LIMIT $2
      )) RETURNING 1
    )
    SELECT count(*) FROM old
    """

  private static let deleteOldSessions: Statement = """
    WITH old AS (
      DELETE FROM sessions WHERE ctid = ANY (ARRAY (SELECT ctid FROM sessions WHERE last_at < $1 LIMIT $2))
      RETURNING key
    ), removed AS (
      DELETE FROM exchanges USING old WHERE session = old.key RETURNING id
    ), removed_posts AS (
      DELETE FROM exchange_posts USING removed WHERE exchange = removed.id
    ), used AS (
      DELETE FROM usage USING old WHERE session = old.key
    ), spent AS (
      DELETE FROM costs USING old WHERE session = old.key
    ), notes AS (
      DELETE FROM agent_notes USING old WHERE session = old.key
    )
    SELECT count(*) FROM old
    """

  private static let deleteOldThreads: Statement = """
    WITH old AS (
      DELETE FROM threads WHERE ctid = ANY (ARRAY (SELECT ctid FROM threads WHERE last_at < $1 LIMIT $2)) RETURNING 1
    )
    SELECT count(*) FROM old
    """
}
