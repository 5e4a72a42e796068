import Core
import FoundationEssentials
import GRDB
import Glibc
package import Logging
import Synchronization

/// A store in one SQLite file, for one gateway.
///
/// Every change is one transaction, or a part of the next one if it is a claim or only records what was posted. When one
/// returns, it outlives the process, unless it is postponed: the next start then reads the claimed post again, and looks
/// for what was posted. A power cut is survived by all that was written before a reply: a reply is on the disk before it
/// is sent. Of the changes since then, the last ones may be lost, never the middle: a claim is lost together with its
/// post's cursor, and the post is read once more.
package actor SQLiteStore: SessionStore {
  package nonisolated let path: String

  /// The state of the files, as of the last check. It can be read while the store waits for the disk.
  package nonisolated var condition: StoreCondition { lastCondition.withLock { $0 } }
  private nonisolated let lastCondition = Mutex(StoreCondition.sound)

  /// The lock beside the file keeps others out for as long as the process lives.
  package nonisolated var isHeld: Bool { true }
  package nonisolated var obstacle: StoreError? { nil }
  package nonisolated var instance: String? { nil }
  package nonisolated var share: StoreShare? { nil }
  private var database: DatabaseQueue?
  private var lock: StoreLock?
  private var identities: StoreFileIdentities?
  /// Opened with the first transaction that must be on the disk.
  private var log: LogSync?
  private let openLog: @Sendable (String) throws(StoreError) -> LogSync
  let logger: Logger
  private var prunedAt = Date.distantPast
  private var lastPlace: Int64
  /// The error of the last transaction, if the disk did not take it.
  private var refusal: StoreError?
  /// The changes that the next transaction makes first.
  private var postponed: [PostponedChange] = []
  private var flushing: Task<Void, Never>?
  private var hasTakenOver = false

  /// Opens the store at `path`, making its folder (mode 0700) and the file (0600) if they are missing.
  ///
  /// - Throws: `StoreError` with the code `.inUse` if another gateway has it open, others if the file cannot be used.
  package init(path: String, logger: Logger) throws(StoreError) {
    try self.init(path: path, busySeconds: Limits.storeBusySeconds, logger: logger)
  }

  init(
    path: String, busySeconds: Double, logger: Logger,
    openLog: @escaping @Sendable (String) throws(StoreError) -> LogSync = LogSync.init(store:)
  ) throws(StoreError) {
    try StoreFiles.prepare(path)
    let lock = try StoreLock(path: path)
    let database = try Self.open(path, busySeconds: busySeconds)
    do {
      lastPlace = try database.read(Self.lastPlace)
    } catch {
      throw StoreError(error, path: path)
    }
    self.path = path
    self.logger = logger
    self.openLog = openLog
    self.database = database
    self.lock = lock
    identities = StoreFileIdentities(path: path)
    logger.debug("store opened", metadata: ["path": "\(path)"])
  }

  private static func open(
    _ path: String, busySeconds: Double = Limits.storeBusySeconds
  ) throws(StoreError) -> DatabaseQueue {
    do {
      var configuration = Configuration()
      configuration.label = "edgecrab.sqlite"
      configuration.journalMode = .wal
      configuration.busyMode = .timeout(busySeconds)
      // One gateway holds the store alone, by the lock beside it. SQLite then needs no lock and no shared memory for
      // each transaction, which were half of its system calls.
      configuration.prepareDatabase { try $0.execute(sql: "PRAGMA locking_mode = EXCLUSIVE") }
      let database = try DatabaseQueue(path: path, configuration: configuration)
      // A change survives the end of the process as soon as it is written; `LogSync` has it written to the disk.
      try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = NORMAL") }
      if try database.read(StoreSchema.migrator.hasBeenSuperseded) { throw StoreError(.newer, path: path) }
      try copyBeforeUpgrade(database, path)
      try StoreSchema.migrator.migrate(database)
      return database
    } catch let error as StoreError {
      throw error
    } catch {
      throw StoreError(error, path: path)
    }
  }

  /// Copies a store that an older version wrote before it is changed, so that one can go back to that version.
  private static func copyBeforeUpgrade(_ database: DatabaseQueue, _ path: String) throws {
    let applied = try database.read(StoreSchema.migrator.appliedIdentifiers)
    guard !applied.isEmpty, try database.read({ try !StoreSchema.migrator.hasCompletedMigrations($0) }) else { return }
    try StoreCopy.write(database, to: path + olderSuffix)
  }

  /// Of the copy that was made before the last upgrade.
  private static let olderSuffix = ".before-upgrade"

  /// Closes the file and releases its lock. Operations that are called afterwards throw `.closed`.
  package func close() {
    if case .replaced = condition {} else { check() }
    flush()
    for change in postponed { log(change, StoreError(.closed, path: path)) }
    postponed = []
    flushing?.cancel()
    closeDatabase()
    lock = nil
  }

  /// Closes the file under another name. It is renamed before another gateway can open it.
  func close(renamingTo name: String) throws(StoreError) {
    flush()
    flushing?.cancel()
    closeDatabase()
    defer { lock = nil }
    guard rename(path, name) == 0 else { throw StoreFiles.failure(path) }
  }

  private func closeDatabase() {
    guard let database else { return }
    do {
      try database.close()
    } catch {
      logger.error("store not closed", metadata: ["reason": "\(StoreError(error, path: path))"])
    }
    self.database = nil
    log = nil
  }

  /// Changes the file in one transaction, which survives the end of the process.
  func write<Value>(_ change: (Database) throws -> Value) throws(StoreError) -> Value {
    if case .replaced(let error) = condition { throw error }
    if database == nil { try requireFiles() }
    guard let database else { throw StoreError(.closed, path: path) }
    refusal = nil
    do {
      return try transact(change, in: database)
    } catch {
      let error = error as? StoreError ?? StoreError(error, path: path)
      if error.isRefusal { refusal = error }
      throw error
    }
  }

  /// Changes the file in one transaction, which survives a power cut when this returns. The files are looked for first.
  ///
  /// - Throws: `StoreError` if it was not changed, or if the disk fails; then the change is made, and a power cut may
  ///   undo it.
  func writeToDisk<Value: Sendable>(_ change: (Database) throws -> Value) async throws(StoreError) -> Value {
    try requireFiles()
    let log = try openedLog()
    let value = try write(change)
    do throws(StoreError) {
      try await log.wait(for: log.count())
    } catch {
      logger.critical("log of the store not written to the disk", metadata: ["reason": "\(error)"])
      try emptyLog(log)
    }
    return value
  }

  private func openedLog() throws(StoreError) -> LogSync {
    if let log { return log }
    guard database != nil else { throw StoreError(.closed, path: path) }
    let opened = try openLog(path)
    log = opened
    return opened
  }

  /// Copies everything from a log that may have a gap on the disk into the store's file.
  private func emptyLog(_ failed: LogSync) throws(StoreError) {
    guard let database else { throw StoreError(.closed, path: path) }
    let copy = { () throws in try database.writeWithoutTransaction { _ = try $0.checkpoint(.restart) } }
    do {
      // SQLite has the log open, too, and may first be told of the same failure.
      do { try copy() } catch is DatabaseError { try copy() }
    } catch {
      throw StoreError(error, path: path)
    }
    if log === failed { log = nil }
  }

  func read<Value>(_ look: (Database) throws -> Value) throws(StoreError) -> Value {
    flush()
    return try readStored(look)
  }

  /// Reads the file as it is, without the changes that wait for the next transaction.
  func readStored<Value>(_ look: (Database) throws -> Value) throws(StoreError) -> Value {
    guard let database else { throw StoreError(.closed, path: path) }
    do {
      // Nothing else changes the file, so that what is read is of one state without a transaction, too.
      return try database.unsafeRead(look)
    } catch {
      throw StoreError(error, path: path)
    }
  }

  /// Returns the position of a new row among the messages, replies and exchanges: after all that exist.
  func nextPlace() -> Int64 {
    lastPlace += 1
    return lastPlace
  }

  private static func lastPlace(in db: Database) throws -> Int64 {
    try Int64.fetchOne(
      db,
      sql: """
        SELECT max(place) FROM (
          SELECT place FROM waiting UNION ALL SELECT place FROM outbox
          UNION ALL SELECT max(id) FROM exchanges UNION ALL SELECT max(place) FROM exchanges)
        """) ?? 0
  }

  /// Deletes rows that are too old to matter, at most once in `Limits.pruneHours`. What the disk refuses is deleted the
  /// next time.
  func pruneIfDue(at now: Date) throws(StoreError) {
    guard now.timeIntervalSince(prunedAt) >= Double(Limits.pruneHours) * 3_600 else { return }
    prunedAt = now
    do throws(StoreError) {
      try prune(at: now)
    } catch {
      guard error.isRefusal else { throw error }
      logger.error("old claims and conversations not deleted", metadata: ["reason": "\(error)"])
    }
  }

  private func prune(at now: Date) throws(StoreError) {
    let day: Int64 = 86_400_000
    removeOlder(before: now.milliseconds - Int64(Limits.olderCopyDays) * day)
    try write { db in
      try db.execute(
        sql: "DELETE FROM claims WHERE claimed_at < ? AND post NOT IN (SELECT post FROM waiting)",
        arguments: [now.milliseconds - Int64(Limits.claimDays) * day])
      let old = now.milliseconds - Int64(Limits.sessionDays) * day
      try db.execute(sql: "DELETE FROM sessions WHERE last_at < ?", arguments: [old])
      try db.execute(sql: "DELETE FROM threads WHERE last_at < ?", arguments: [old])
    }
  }
}

extension SQLiteStore {
  /// Copies the open store.
  func writeCopy(to copy: String) throws(StoreError) {
    guard let database else { throw StoreError(.closed, path: path) }
    try StoreCopy.write(database, to: copy)
  }

  /// Deletes the copy from before the last upgrade if it is older.
  private func removeOlder(before milliseconds: Int64) {
    var facts = stat()
    guard lstat(path + Self.olderSuffix, &facts) == 0, Int64(facts.st_mtim.tv_sec) * 1_000 < milliseconds else {
      return
    }
    unlink(path + Self.olderSuffix)
  }
}

// MARK: Changes with the next transaction

/// A change that is made with the next transaction.
private struct PostponedChange {
  /// The claim that it makes.
  var claim: Claim?
  /// The log line if it fails.
  let failure: String
  let metadata: Logger.Metadata
  let change: (Database) throws -> Void
}

extension SQLiteStore {
  /// Makes a change with the next transaction, soon at the latest. It must only make or end a claim, or record what was
  /// posted: if the gateway is killed before, the next start reads the post again, and finds what was posted by its mark.
  ///
  /// - Parameters:
  ///   - claim: The claim that it makes.
  ///   - failure: The log line if the change fails.
  ///   - metadata: Its metadata, to which the reason is added.
  func postpone(
    making claim: Claim? = nil, failure: String, metadata: Logger.Metadata,
    _ change: @escaping (Database) throws -> Void
  ) throws(StoreError) {
    if case .replaced(let error) = condition { throw error }
    if database == nil { try requireFiles() }
    guard database != nil else { throw StoreError(.closed, path: path) }
    postponed.append(PostponedChange(claim: claim, failure: failure, metadata: metadata, change: change))
    if postponed.count >= Limits.postponedChangesMax { flush() }
    scheduleFlush(after: Limits.postponedTime)
  }

  /// Returns whether a claim waits for the next transaction.
  func isPostponed(_ claim: Claim) -> Bool { postponed.contains { $0.claim == claim } }

  /// True if the disk did not take the last transaction.
  var isRefused: Bool { refusal != nil }

  /// Stores a postponed claim now, or takes it back.
  func storeAtOnce(_ claim: Claim) throws(StoreError) {
    do throws(StoreError) {
      try write { _ in }
    } catch {
      postponed.removeAll { $0.claim == claim }
      throw error
    }
  }

  /// Makes the changes that wait for the next transaction. What a full or failing disk does not take waits on.
  func flush() {
    guard !postponed.isEmpty else { return }
    do throws(StoreError) {
      try write { _ in }
    } catch {
      logger.error(
        "claims and records of what was posted not stored yet",
        metadata: ["count": .stringConvertible(postponed.count), "reason": "\(error)"])
      let excess = postponed.prefix(max(0, postponed.count - Limits.postponedChangesMax))
      for change in excess { log(change, error) }
      postponed.removeFirst(excess.count)
    }
    if !postponed.isEmpty { scheduleFlush(after: Limits.postponedRetryTime) }
  }

  private func scheduleFlush(after time: Duration) {
    guard flushing == nil, !postponed.isEmpty else { return }
    flushing = Task(executorPreference: Task.preferredExecutor) { await self.flush(after: time) }
  }

  private func flush(after time: Duration) async {
    try? await Task.sleep(for: time, clock: .preferred)
    flushing = nil
    if !Task.isCancelled { flush() }
  }

  /// Makes the postponed changes and another one in one transaction.
  private func transact<Value>(_ change: (Database) throws -> Value, in database: DatabaseQueue) throws -> Value {
    let first = postponed
    do {
      let value = try database.write { db in
        for earlier in first { try earlier.change(db) }
        return try change(db)
      }
      postponed.removeFirst(first.count)
      return value
    } catch {
      if first.isEmpty { throw error }
    }
    // Hardly any fails, and for a savepoint SQLite copies each page that is changed: each gets its own only now.
    let (left, value) = try database.write { db in (try makeEach(first, in: db), try change(db)) }
    postponed.replaceSubrange(..<first.count, with: left)
    return value
  }

  /// Makes changes, each all or not at all, and returns those that a full or failing disk did not take; throws if one of
  /// them makes a claim. One that fails otherwise is logged, and keeps none of the others from being made.
  private func makeEach(_ changes: [PostponedChange], in db: Database) throws -> [PostponedChange] {
    try changes.filter { change in
      do {
        try db.inSavepoint {
          try change.change(db)
          return .commit
        }
        return false
      } catch {
        // A full disk may have ended the whole transaction.
        guard db.isInsideTransaction else { throw error }
        let error = StoreError(error, path: path)
        if error.isRefusal {
          // Nothing is stored before the claim that it rests on.
          if change.claim != nil { throw error }
          return true
        }
        log(change, error)
        return false
      }
    }
  }

  private func log(_ change: PostponedChange, _ error: StoreError) {
    logger.error("\(change.failure)", metadata: change.metadata.merging(["reason": "\(error)"]) { $1 })
  }
}

// MARK: The only gateway

extension SQLiteStore {
  package nonisolated func setReady(_ isReady: Bool) {}

  package nonisolated func use(rules fingerprint: String) {}

  package nonisolated func claimDelay(for session: SessionKey) -> Duration { .zero }

  package nonisolated func waitForTakeover() async { await WakeableSleep().sleep(for: nil) }

  package func takeOver() throws(StoreError) -> Takeover {
    guard !hasTakenOver else { return Takeover() }
    let takeover = Takeover(replies: try pendingReplies(), posts: try unfinished(), isOfOthers: true)
    hasTakenOver = true
    return takeover
  }
}

// MARK: Files that are deleted while the store is open

extension SQLiteStore {
  package func run(checkingEvery interval: Duration) async -> StoreError? {
    while (try? await Task.sleep(for: interval)) != nil {
      if case .replaced(let error) = check() { return error }
      answerCopyRequest()
    }
    return nil
  }

  /// Checks whether the files are where they belong, and writes them again if they were deleted.
  ///
  /// - Returns: the condition afterwards.
  @discardableResult
  package func check() -> StoreCondition {
    do {
      try requireFiles()
    } catch {
      logger.debug("store files missing", metadata: ["reason": "\(error)"])
    }
    return condition
  }

  /// Writes the files again if they were deleted: an unlinked file takes all that is written, until it is closed.
  ///
  /// - Throws: `StoreError` with the code `.deleted` if they cannot be written, `.replaced` if others have taken their
  ///   place.
  func requireFiles() throws(StoreError) {
    if case .replaced(let error) = condition { throw error }
    // Without the lock it is closed; with the lock alone, it could not be opened after it was written again.
    guard lock != nil, let change = database == nil ? .deleted : identities?.change else { return }
    switch change {
    case .replaced: try yieldToReplacement()
    case .deleted: try restore()
    }
  }

  private func restore() throws(StoreError) {
    do throws(StoreError) {
      try writeFilesAgain()
    } catch {
      if error.code == .inUse { try yieldToReplacement() }
      let failure = StoreError(.deleted, path: path, detail: error.detail)
      if case .deleted = condition { throw failure }
      lastCondition.withLock { $0 = .deleted(since: Date(), failure) }
      logger.critical("\(failure)")
      throw failure
    }
    lastCondition.withLock { $0 = .restored(at: Date()) }
    logger.critical(
      """
      the files of the store were deleted while the gateway runs; they have been written again, nothing is lost. \
      Restore other files of that folder (.env, rules.yaml, hooks) before the next start
      """, metadata: ["path": "\(path)"])
  }

  private func writeFilesAgain() throws(StoreError) {
    try StoreFiles.makeFolder(of: path)
    lock = try StoreLock.again(lock, path: path)
    if let database, identities?.isDataIntact != true {
      let copy = path + ".new"
      try StoreCopy.write(database, to: copy)
      guard rename(copy, path) == 0 else { throw StoreFiles.failure(path) }
      // SQLite removes the log by its name when it closes, so the old one has to be closed before the new one is
      // opened.
      closeDatabase()
      for suffix in ["-wal", "-shm"] { unlink(path + suffix) }
    }
    if database == nil { database = try Self.open(path) }
    identities = StoreFileIdentities(path: path)
  }

  /// Saves the open store under another name, and throws an error that says which.
  private func yieldToReplacement() throws(StoreError) {
    // Without the store open, flushing would lead here again.
    if database != nil { flush() }
    let rescued = "\(path).\(Int(Date().timeIntervalSince1970))"
    let outcome: String
    do throws(StoreError) {
      if let database { try StoreCopy.write(database, to: rescued) }
      outcome = "saved as `\(rescued)`"
    } catch {
      outcome = "not saved (\(error.detail))"
    }
    let failure = StoreError(.replaced, path: path, detail: outcome)
    lastCondition.withLock { $0 = .replaced(failure) }
    logger.critical("\(failure)")
    throw failure
  }
}
