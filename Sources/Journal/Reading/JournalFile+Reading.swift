package import ConfigLoader
import FoundationEssentials
import GRDB

extension JournalFile {
  /// Gives events to `body` in batches, oldest first, with what came of them so far, and returns how far the journal was read.
  /// - Throws: `JournalError`, or what `body` throws.
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

  /// Returns the events that are new since a position, or of which something new became known, oldest first, and how far the
  /// journal was read.
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

  /// Returns the newest events, at most so many, oldest first.
  package func newest(_ count: Int) throws(JournalError) -> [EventLine] {
    let first = try reading {
      try Self.start(ofNewest: count, JournalQuery(JournalFilter(), hasOutcomes: true), in: $0)
    }
    return try records { $0.add("id > ?", [first]) }.map(\.line)
  }

  /// Returns the newest events of one post, which is decided again with each edit, oldest first.
  package func events(ofPost id: String) throws(JournalError) -> [EventLine] {
    try records { query in
      query.add(
        """
        id IN (SELECT id FROM events WHERE json_extract(line, '$.post') = ? ORDER BY id DESC LIMIT ?)
        """, [id, Limits.eventsOfPostMax])
    }.map(\.line)
  }

  /// The first events that match, and that `narrow` lets through. Read in pieces, so that the writer never waits long for a
  /// reader.
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
  /// A row of `events`.
  private struct EventRow {
    let id: Int64
    let at: Int64
    let hasClaim: Bool
    let line: String
  }

  /// A row of `outcomes`.
  private struct OutcomeRow {
    let event: Int64
    let at: Int64
    let outcome: String
  }

  /// The events that match, in pieces that are no burden for the memory.
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

  /// What came of these events. More can be asked for than a statement takes arguments: they are one, as JSON.
  private static func outcomes(of events: [Int64], in db: Database) throws -> [OutcomeRow] {
    guard !events.isEmpty else { return [] }
    let list = "[\(events.map { String($0) }.joined(separator: ","))]"
    return try Row.fetchAll(
      db, sql: "SELECT event, at, outcome FROM outcomes WHERE event IN (SELECT value FROM json_each(?)) ORDER BY id",
      arguments: [list]
    ).map { OutcomeRow(event: $0["event"], at: $0["at"], outcome: $0["outcome"]) }
  }

  /// How far the journal goes.
  private static func position(in db: Database) throws -> JournalPosition {
    var position = JournalPosition()
    position.event = try Int64.fetchOne(db, sql: "SELECT max(id) FROM events") ?? 0
    if try db.tableExists("outcomes") {
      position.outcome = try Int64.fetchOne(db, sql: "SELECT max(id) FROM outcomes") ?? 0
    }
    return position
  }

  /// The id below which nothing is wanted.
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
