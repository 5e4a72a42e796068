public import ConfigLoader
import FoundationEssentials
import GRDB
import RuleEngine

extension JournalFile {
  /// Appends events that happened at `milliseconds` since 1970, all or none.
  func append(_ lines: [(milliseconds: Int64, line: EventLine)]) async throws {
    try await database.write { db in
      let insert = try db.cachedStatement(sql: "INSERT INTO events (at, line) VALUES (?, ?)")
      for (milliseconds, line) in lines { try insert.execute(arguments: [milliseconds, line.json]) }
    }
  }

  /// Forgets what is too old, too much or too large, and overwrites it on the disk.
  func prune(by policy: JournalPolicy, now: Int64) async throws {
    try await forget(by: policy, now: now)
    do {
      // What was written before stands in the file beside the journal until it is written over there, too.
      _ = try await database.writeWithoutTransaction { try $0.checkpoint(.truncate) }
    } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
      // Somebody reads the journal; the next time does it, or the end of the gateway.
    }
  }

  private func forget(by policy: JournalPolicy, now: Int64) async throws {
    try await database.write { db in
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
        arguments: [Limits.forgottenPart])
    }
  }

  func close() throws { try database.close() }

  /// Gives the events since a moment, in milliseconds since 1970, to `body` in batches, oldest first.
  /// - Throws: `JournalError`, or what `body` throws.
  public func forEachBatch(since milliseconds: Int64, _ body: ([EventLine]) throws -> Void) throws {
    var last: Int64 = 0
    while true {
      let batch: [(id: Int64, line: String)]
      do {
        batch = try database.read { try Self.batch(after: last, since: milliseconds, $0) }
      } catch {
        throw JournalError(error, path: path)
      }
      guard let newest = batch.last else { return }
      last = newest.id
      try body(try batch.map(event))
    }
  }

  /// Read in pieces, so that the writer never waits long for a reader.
  private static func batch(
    after last: Int64, since milliseconds: Int64, _ db: Database
  ) throws -> [(id: Int64, line: String)] {
    let rows = try Row.fetchCursor(
      db, sql: "SELECT id, line FROM events WHERE id > ? AND at >= ? ORDER BY id LIMIT ?",
      arguments: [last, milliseconds, Limits.batchMax])
    var batch: [(id: Int64, line: String)] = []
    var bytes = 0
    while bytes <= Limits.batchBytesMax, let row = try rows.next() {
      let line: String = row["line"]
      bytes += line.utf8.count
      batch.append((row["id"], line))
    }
    return batch
  }

  func event(_ id: Int64, _ line: String) throws(JournalError) -> EventLine {
    do throws(EventLineProblem) {
      return try EventLine(json: Data(line.utf8), defaults: EventDefaults(milliseconds: 0))
    } catch {
      throw JournalError(.corrupt, path: path, detail: "event \(id): \(error)")
    }
  }
}
