import ConfigLoader
import Core
import FoundationEssentials
import GRDB
import RuleEngine

/// What is written at one place of the journal.
enum JournalRow {
  /// An event's line, the id under which outcomes of it come, and when it was recorded, in milliseconds since 1970.
  case event(EventLine, claim: String?, milliseconds: Int64)
  /// What came of the newest event with that id.
  case outcome(EventOutcome, claim: String, milliseconds: Int64)
}

extension JournalFile {
  /// Appends rows in their order, all or none. An outcome of no known event is left out.
  func append(_ rows: [JournalRow]) async throws {
    try await database.write { db in
      for row in rows {
        switch row {
        case .event(let line, let claim, let milliseconds):
          try db.cachedStatement(sql: "INSERT INTO events (at, line, claim) VALUES (?, ?, ?)").execute(arguments: [
            milliseconds, line.json, claim,
          ])
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
    // The newest say how it ended.
    try db.cachedStatement(
      sql: """
        DELETE FROM outcomes WHERE event = ? AND id <=
          (SELECT id FROM outcomes WHERE event = ? ORDER BY id DESC LIMIT 1 OFFSET ?)
        """
    ).execute(arguments: [event, event, Limits.outcomesOfEventMax])
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
}
