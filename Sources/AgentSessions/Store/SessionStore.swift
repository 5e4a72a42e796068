import FoundationEssentials
import GRDB
package import Logging

/// What must outlive the process, in one SQLite file: conversations, what waits for an answer, which posts were taken
/// in, how far each channel was read, and which threads the bot has joined.
///
/// Every operation is one transaction, runs in the order of the calls, and is not cut short when the task that asked
/// for it is cancelled. When it returns, it outlives the process. Power may fail: what is said is on the disk before it is
/// sent, and with it all that was written before. Of what was written since, the end may be lost, never the middle: a
/// claim goes with its post's cursor, and the post is read once more.
package actor SessionStore {
  /// Where the file is.
  package nonisolated let path: String

  // `SessionStore+Restoring` shares what follows.
  var database: DatabaseQueue?
  var lock: StoreLock?
  var place: StoreFileIdentities?
  /// Whether the files are where they belong, as of the last look.
  package internal(set) var condition = StoreCondition.sound
  let logger: Logger
  private var prunedAt = Date.distantPast

  /// Opens the store at `path`, making its folder (mode 0700) and the file (0600) where they are missing.
  ///
  /// - Throws: `.inUse` where another gateway has it open, and whatever else keeps the file from being used.
  package init(path: String, logger: Logger) throws(StoreError) {
    try StoreFiles.prepare(path)
    let lock = try StoreLock(path: path)
    let database = try Self.open(path)
    self.path = path
    self.logger = logger
    self.database = database
    self.lock = lock
    place = StoreFileIdentities(path: path)
    logger.debug("store opened", metadata: ["path": "\(path)"])
  }

  static func open(_ path: String) throws(StoreError) -> DatabaseQueue {
    do {
      var configuration = Configuration()
      configuration.label = "edgecrab.sqlite"
      configuration.journalMode = .wal
      configuration.busyMode = .timeout(Limits.storeBusySeconds)
      let database = try DatabaseQueue(path: path, configuration: configuration)
      try database.writeWithoutTransaction { try Durability.process.set($0) }
      if try database.read(Schema.migrator.hasBeenSuperseded) { throw StoreError(.newer, path: path) }
      try Schema.migrator.migrate(database)
      return database
    } catch let error as StoreError {
      throw error
    } catch {
      throw StoreError(error, path: path)
    }
  }

  /// Closes the file and gives its lock back; whatever is asked afterwards throws `.closed`.
  package func close() {
    if case .replaced = condition {} else { check() }
    closeDatabase()
    lock = nil
  }

  func closeDatabase() {
    guard let database else { return }
    do {
      try database.close()
    } catch {
      logger.error("store not closed", metadata: ["reason": "\(StoreError(error, path: path))"])
    }
    self.database = nil
  }

  /// What a change outlives as soon as it is written.
  enum Durability: String {
    /// The process: nothing is waited for.
    case process = "NORMAL"
    /// A power cut as well: the disk is waited for, with all that was written before.
    case power = "FULL"

    fileprivate func set(_ db: Database) throws { try db.execute(sql: "PRAGMA synchronous = \(rawValue)") }
  }

  /// Changes the file within one transaction: all of it, or nothing.
  func write<Value>(
    outlasting what: Durability = .process, _ change: (Database) throws -> Value
  ) throws(StoreError) -> Value {
    try requireFiles()
    guard let database else { throw StoreError(.closed, path: path) }
    do {
      guard what == .power else { return try database.write(change) }
      try database.writeWithoutTransaction(what.set)
      let changed = Result { try database.write(change) }
      try database.writeWithoutTransaction(Durability.process.set)
      return try changed.get()
    } catch {
      throw StoreError(error, path: path)
    }
  }

  /// Reads the file.
  func read<Value>(_ look: (Database) throws -> Value) throws(StoreError) -> Value {
    guard let database else { throw StoreError(.closed, path: path) }
    do {
      return try database.read(look)
    } catch {
      throw StoreError(error, path: path)
    }
  }

  /// Clears away what is too old to matter, at most once in `Limits.pruneHours`.
  func pruneIfDue(at now: Date) throws(StoreError) {
    guard now.timeIntervalSince(prunedAt) >= Double(Limits.pruneHours) * 3_600 else { return }
    let day: Int64 = 86_400_000
    try write { db in
      try db.execute(
        sql: "DELETE FROM claims WHERE claimed_at < ? AND post NOT IN (SELECT post FROM waiting)",
        arguments: [now.milliseconds - Int64(Limits.claimDays) * day])
      let old = now.milliseconds - Int64(Limits.sessionDays) * day
      try db.execute(sql: "DELETE FROM sessions WHERE last_at < ?", arguments: [old])
      try db.execute(sql: "DELETE FROM threads WHERE last_at < ?", arguments: [old])
    }
    prunedAt = now
  }
}

extension Date {
  /// Milliseconds since 1970 (UTC), as the store keeps times.
  var milliseconds: Int64 { Int64((timeIntervalSince1970 * 1_000).rounded()) }

  /// The time that the store keeps as `milliseconds`.
  init(milliseconds: Int64) { self.init(timeIntervalSince1970: Double(milliseconds) / 1_000) }
}
