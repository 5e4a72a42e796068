package import ConfigLoader
package import Core
import FoundationEssentials
import GRDB
import Glibc
import RuleEngine

/// The SQLite file of the journal: events with their decisions and outcomes. One process writes it while others read
/// it.
package struct JournalFile: Sendable {
  package let path: String
  private let database: DatabaseQueue

  /// Opens the journal for writing, and creates the file if it is missing, readable by its owner only.
  package init(writing path: String) throws(JournalError) {
    try Self.prepare(path)
    do {
      var configuration = Self.configuration
      configuration.journalMode = .wal
      // Deleted entries are overwritten in the file.
      configuration.prepareDatabase { try $0.execute(sql: "PRAGMA secure_delete = ON; PRAGMA synchronous = NORMAL") }
      database = try DatabaseQueue(path: path, configuration: configuration)
      if try database.read(Self.migrator.hasBeenSuperseded) { throw JournalError(.newer, path: path) }
      try Self.migrator.migrate(database)
    } catch {
      throw JournalError(error, path: path)
    }
    self.path = path
  }

  /// Opens the journal for reading.
  package init(reading path: String) throws(JournalError) {
    guard access(path, F_OK) == 0 else { throw JournalError(.missing, path: path) }
    do {
      var configuration = Self.configuration
      configuration.readonly = true
      database = try DatabaseQueue(path: path, configuration: configuration)
      if try database.read(Self.migrator.hasBeenSuperseded) { throw JournalError(.newer, path: path) }
    } catch {
      throw JournalError(error, path: path)
    }
    self.path = path
  }

  /// Copies the journal at `path` into a new file that only its owner may read, while a gateway may write it.
  package static func copy(_ path: String, to copy: String) throws(JournalError) {
    let source = try JournalFile(reading: path)
    try prepare(copy)
    do {
      let destination = try DatabaseQueue(path: copy, configuration: configuration)
      try source.database.backup(to: destination)
      // One file: the copy has the mode of the original, a log of its own.
      try destination.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
      try destination.close()
      try source.close()
    } catch {
      throw JournalError(error, path: copy)
    }
  }

  private static var configuration: Configuration {
    var configuration = Configuration()
    configuration.label = "edgecrab.journal"
    configuration.busyMode = .timeout(Limits.busySeconds)
    return configuration
  }

  /// Creates the file with mode 0600, which SQLite copies to its `-wal` and `-shm` files.
  private static func prepare(_ path: String) throws(JournalError) {
    let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0, fchmod(file, 0o600) == 0 else {
      let error = SystemError()
      if file >= 0 { Glibc.close(file) }
      throw JournalError(.noAccess, path: path, detail: error.text)
    }
    Glibc.close(file)
  }

  /// A released migration never changes; a new one is added after it.
  private static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    // `at` is milliseconds since 1970 (UTC) by this machine's clock, `line` an `EventLine`.
    migrator.registerMigration("1 events") { db in
      try db.execute(
        sql: """
          CREATE TABLE events (id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, line TEXT NOT NULL) STRICT;
          CREATE INDEX events_by_age ON events (at);
          """)
    }
    // `claim` is the id for outcomes of an event; null if there will be none, as for most events. `outcome` is an
    // `EventOutcome`.
    migrator.registerMigration("2 outcomes") { db in
      try db.execute(
        sql: """
          ALTER TABLE events ADD COLUMN claim TEXT;
          CREATE INDEX events_by_claim ON events (claim) WHERE claim IS NOT NULL;
          CREATE TABLE outcomes (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            event INTEGER NOT NULL REFERENCES events(id) ON DELETE CASCADE,
            at INTEGER NOT NULL,
            outcome TEXT NOT NULL
          ) STRICT;
          CREATE INDEX outcomes_of_event ON outcomes (event);
          """)
    }
    return migrator
  }
}

/// A row to insert.
enum JournalRow {
  /// The line of an event, the id for outcomes of it, and when it was recorded, in milliseconds since 1970.
  case event(line: String, claim: String?, milliseconds: Int64)
  /// An outcome of the newest event with a claim.
  case outcome(EventOutcome, claim: String, milliseconds: Int64)
}

extension JournalFile {
  /// Appends rows in order, all or none. An outcome without its event is dropped.
  func append(_ rows: [JournalRow]) throws {
    try database.write { db in
      let insertion = try db.cachedStatement(sql: "INSERT INTO events (at, line, claim) VALUES (?, ?, ?)")
      for row in rows {
        switch row {
        case .event(let line, let claim, let milliseconds):
          try insertion.execute(arguments: [milliseconds, line, claim])
        case .outcome(let outcome, let claim, let milliseconds):
          try Self.insert(outcome, of: claim, at: milliseconds, db)
        }
      }
    }
  }

  private static func insert(_ outcome: EventOutcome, of claim: String, at milliseconds: Int64, _ db: Database) throws {
    let event = try Int64.fetchOne(
      db.cachedStatement(sql: "SELECT max(id) FROM events WHERE claim = ?"), arguments: [claim])
    guard let event else { return }
    try db.cachedStatement(sql: "INSERT INTO outcomes (event, at, outcome) VALUES (?, ?, ?)").execute(arguments: [
      event, milliseconds, outcome.json.text,
    ])
    // The newest ones tell how it ended.
    try db.cachedStatement(
      sql: """
        DELETE FROM outcomes WHERE event = ? AND id <=
          (SELECT id FROM outcomes WHERE event = ? ORDER BY id DESC LIMIT 1 OFFSET ?)
        """
    ).execute(arguments: [event, event, Limits.outcomesOfEventMax])
  }

  /// Deletes entries beyond the age, number or size of a policy, and overwrites them on the disk. The end of the gateway
  /// waits for it.
  func prune(by policy: JournalPolicy, now: Int64) throws {
    try delete(by: policy, now: now)
    do {
      // The write-ahead log still contains deleted entries until it is truncated.
      _ = try database.writeWithoutTransaction { try $0.checkpoint(.truncate) }
    } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
      // A reader has the journal open: the next pruning does it, or the end of the gateway.
    }
  }

  private func delete(by policy: JournalPolicy, now: Int64) throws {
    try database.write { db in
      try db.execute(
        sql: "DELETE FROM events WHERE at < ?", arguments: [now - Int64(policy.keepSeconds) * 1_000])
      try db.execute(
        sql: "DELETE FROM events WHERE id <= (SELECT max(id) FROM events) - ?", arguments: [policy.maxEvents])
      let pages = try Int64.fetchOne(
        db,
        sql: """
          SELECT (page_count - freelist_count) * page_size
          FROM pragma_page_count, pragma_freelist_count, pragma_page_size
          """)
      guard let pages, pages > Limits.fileBytesMax else { return }
      try db.execute(
        sql: "DELETE FROM events WHERE id <= (SELECT min(id) + (max(id) - min(id)) / ? FROM events)",
        arguments: [Limits.deletedPart])
    }
  }

  func close() throws { try database.close() }
}

extension JournalFile {
  /// Calls `body` with batches of events, oldest first, with their outcomes so far.
  ///
  /// - Returns: The position of the last entry read.
  /// - Throws: `JournalError`, or an error of `body`.
  @discardableResult
  package func forEachBatch(
    matching filter: JournalFilter = JournalFilter(), _ body: ([JournalRecord]) throws -> Void
  ) throws -> JournalPosition {
    let (start, end) = try reading { db in
      (try Self.start(of: filter, in: db), try Self.position(in: db))
    }
    var last = start
    while true {
      let batch = try records(matching: filter) { query in
        query.add("id > ? AND id <= ?", [last, end.event])
      }
      guard let newest = batch.last else { return end }
      last = newest.id
      try body(batch)
    }
  }

  /// Returns the events that are new since a position or have new outcomes, oldest first, and the position of the last
  /// entry.
  package func changes(
    since position: JournalPosition, matching filter: JournalFilter
  ) throws(JournalError) -> (records: [JournalRecord], position: JournalPosition) {
    let end = try reading(Self.position)
    guard end != position else { return ([], end) }
    var records: [JournalRecord] = []
    var last: Int64 = 0
    while true {
      let batch = try self.records(matching: filter) { query in
        query.add("id > ? AND id <= ?", [last, end.event])
        query.add(changedSince: position)
      }
      guard let newest = batch.last else { return (records, end) }
      last = newest.id
      records += batch
    }
  }

  /// Returns the newest `count` events, oldest first.
  package func newest(_ count: Int) throws(JournalError) -> [EventLine] {
    let first = try reading {
      try Self.start(ofNewest: count, JournalQuery(JournalFilter(), hasOutcomes: true), in: $0)
    }
    return try records { $0.add("id > ?", [first]) }.map(\.line)
  }

  /// Returns the newest events of a post, oldest first: a post has an event for each edit.
  package func events(ofPost id: PostID) throws(JournalError) -> [EventLine] {
    try records { query in
      query.add(
        """
        id IN (SELECT id FROM events WHERE json_extract(line, '$.post') = ? ORDER BY id DESC LIMIT ?)
        """, [id.rawValue, Limits.eventsOfPostMax])
    }.map(\.line)
  }

  /// Returns the first batch of events that match a filter and the conditions that `narrow` adds. Batches are bounded,
  /// so that the writer never waits long for a reader.
  private func records(
    matching filter: JournalFilter = JournalFilter(), narrow: (inout JournalQuery) -> Void
  ) throws(JournalError) -> [JournalRecord] {
    let (rows, outcomes) = try reading { db -> ([EventRow], [OutcomeRow]) in
      let hasOutcomes = try db.tableExists("outcomes")
      var query = JournalQuery(filter, hasOutcomes: hasOutcomes)
      narrow(&query)
      let rows = try Self.rows(query, hasOutcomes: hasOutcomes, in: db)
      return (rows, try Self.outcomes(of: rows.filter(\.hasClaim).map(\.id), in: db))
    }
    let ofEvent = Dictionary(grouping: outcomes, by: \.event)
    var records: [JournalRecord] = []
    for row in rows {
      var line = try event(row.id, row.line)
      for found in ofEvent[row.id] ?? [] {
        line.outcomes.append(
          RecordedOutcome(try outcome(row.id, found.outcome), at: found.at, after: max(0, found.at - row.at)))
      }
      records.append(JournalRecord(id: row.id, line: line, mayHaveOutcomes: row.hasClaim))
    }
    return records
  }

  private func reading<Value>(_ read: (Database) throws -> Value) throws(JournalError) -> Value {
    do {
      return try database.read(read)
    } catch {
      throw JournalError(error, path: path)
    }
  }

  private func event(_ id: Int64, _ line: String) throws(JournalError) -> EventLine {
    do throws(EventLineError) {
      return try EventLine(json: Data(line.utf8), defaults: EventDefaults(milliseconds: 0))
    } catch {
      throw JournalError(.corrupt, path: path, detail: "event \(id): \(error)")
    }
  }

  private func outcome(_ id: Int64, _ json: String) throws(JournalError) -> EventOutcome {
    do throws(EventLineError) {
      return try EventOutcome(json: Data(json.utf8))
    } catch {
      throw JournalError(.corrupt, path: path, detail: "outcome of event \(id): \(error)")
    }
  }
}

extension JournalFile {
  private struct EventRow {
    let id: Int64
    let at: Int64
    let hasClaim: Bool
    let line: String
  }

  private struct OutcomeRow {
    let event: Int64
    let at: Int64
    let outcome: String
  }

  /// Returns the first events that match, within the bounds of a batch.
  private static func rows(_ query: JournalQuery, hasOutcomes: Bool, in db: Database) throws -> [EventRow] {
    let claim = hasOutcomes ? "claim IS NOT NULL" : "FALSE"
    let found = try Row.fetchCursor(
      db, sql: "SELECT id, at, \(claim) AS has_claim, line FROM events WHERE \(query.sql) ORDER BY id LIMIT ?",
      arguments: query.arguments + [Limits.batchMax])
    var rows: [EventRow] = []
    var bytes = 0
    while bytes <= Limits.batchBytesMax, let row = try found.next() {
      let line: String = row["line"]
      bytes += line.utf8.count
      rows.append(EventRow(id: row["id"], at: row["at"], hasClaim: row["has_claim"], line: line))
    }
    return rows
  }

  /// Returns the outcomes of events. The ids are one JSON argument, since there may be more than a statement takes.
  private static func outcomes(of events: [Int64], in db: Database) throws -> [OutcomeRow] {
    guard !events.isEmpty else { return [] }
    let list = "[\(events.map { String($0) }.joined(separator: ","))]"
    return try Row.fetchAll(
      db, sql: "SELECT event, at, outcome FROM outcomes WHERE event IN (SELECT value FROM json_each(?)) ORDER BY id",
      arguments: [list]
    ).map { OutcomeRow(event: $0["event"], at: $0["at"], outcome: $0["outcome"]) }
  }

  /// Returns the position of the last entry.
  private static func position(in db: Database) throws -> JournalPosition {
    var position = JournalPosition()
    position.event = try Int64.fetchOne(db, sql: "SELECT max(id) FROM events") ?? 0
    if try db.tableExists("outcomes") {
      position.outcome = try Int64.fetchOne(db, sql: "SELECT max(id) FROM outcomes") ?? 0
    }
    return position
  }

  /// Returns the id of the event before the first one that a filter selects.
  private static func start(of filter: JournalFilter, in db: Database) throws -> Int64 {
    guard let newest = filter.newest else { return 0 }
    let query = JournalQuery(filter, hasOutcomes: try db.tableExists("outcomes"))
    return try start(ofNewest: newest, query, in: db)
  }

  private static func start(ofNewest count: Int, _ query: JournalQuery, in db: Database) throws -> Int64 {
    let first = try Int64.fetchOne(
      db, sql: "SELECT id FROM events WHERE \(query.sql) ORDER BY id DESC LIMIT 1 OFFSET ?",
      arguments: query.arguments + [count - 1])
    return first.map { $0 - 1 } ?? 0
  }
}
