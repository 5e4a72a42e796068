package import FoundationEssentials
import GRDB

extension SessionStore {
  /// Remembers that the bot has posted in the thread of the post `root`.
  package func joinThread(_ root: String, at now: Date = Date()) throws(StoreError) {
    try write { db in try Self.joinThread(root, at: now, in: db) }
  }

  static func joinThread(_ root: String, at now: Date, in db: Database) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO threads (root, last_at) VALUES (?, ?)
        ON CONFLICT (root) DO UPDATE SET last_at = excluded.last_at
        """
    ).execute(arguments: [root, now.milliseconds])
  }

  /// Whether the bot has posted in the thread of the post `root`.
  package func hasJoined(thread root: String) throws(StoreError) -> Bool {
    try read { db in
      try Bool.fetchOne(
        db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM threads WHERE root = ?)"), arguments: [root]) ?? false
    }
  }
}
