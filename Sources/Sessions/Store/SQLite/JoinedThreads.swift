package import Core
package import FoundationEssentials
import GRDB
import Logging

/// The threads that the bot has posted in.
extension SQLiteStore {
  package func recordJoined(thread root: PostID, at now: Date) throws(StoreError) { try joinThread(root, at: now) }

  package func joinThread(_ root: PostID, at now: Date) throws(StoreError) {
    try postpone(failure: "thread not recorded", metadata: ["root": "\(root)"]) { db in
      try Self.joinThread(root, at: now, in: db)
    }
  }

  static func joinThread(_ root: PostID, at now: Date, in db: Database) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO threads (root, last_at) VALUES (?, ?)
        ON CONFLICT (root) DO UPDATE SET last_at = excluded.last_at
        """
    ).execute(arguments: [root.rawValue, now.milliseconds])
  }

  package func hasJoined(thread root: PostID) throws(StoreError) -> Bool {
    try read { db in
      try Bool.fetchOne(
        db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM threads WHERE root = ?)"), arguments: [root.rawValue])
        ?? false
    }
  }

  package func forgetUnjoinedThreads() {}
}
