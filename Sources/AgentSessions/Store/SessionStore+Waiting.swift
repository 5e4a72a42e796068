import FoundationEssentials
import GRDB

extension SessionStore {
  /// The messages that were taken in and are not answered yet, in the order in which they came. Submitting one again
  /// keeps its place; where its answer was already complete, the agent is not asked again.
  package func pending() throws(StoreError) -> [PendingMessage] {
    try read { db in
      try Row.fetchAll(db.cachedStatement(sql: "\(Self.messages) ORDER BY place")).map(Self.message)
    }
  }

  /// The messages that were made of a post or of edits of it and are not answered yet.
  package func pending(of post: String) throws(StoreError) -> [PendingMessage] {
    try read { db in
      try Row.fetchAll(
        db.cachedStatement(
          sql: """
            \(Self.messages)
            WHERE post = ? OR post >= ? || '@' AND post < ? || 'A' ORDER BY place
            """),
        arguments: [post, post, post]
      ).map(Self.message)
    }
  }

  private static let messages = """
    SELECT post, session, payload, at, EXISTS (SELECT 1 FROM outbox WHERE message = waiting.post) AS answered FROM waiting
    """

  private static func message(_ row: Row) -> PendingMessage {
    PendingMessage(
      post: row["post"], session: row["session"], payload: row["payload"], at: Date(milliseconds: row["at"]),
      isAnswered: row["answered"])
  }

  /// Puts a corrected message in the place of one that waits.
  func correct(_ post: String, payload: String) throws(StoreError) {
    try write { db in
      try db.cachedStatement(sql: "UPDATE waiting SET payload = ? WHERE post = ?").execute(arguments: [payload, post])
    }
  }

  /// Has a message wait no more, and notes that something is left to do for it.
  func reopen(_ post: String) throws(StoreError) {
    try write { db in
      try Self.finish(post, in: db)
      try Self.reopen(post, in: db)
    }
  }

  /// Keeps a message until it is answered, and returns what is already known of it.
  ///
  /// - Parameter root: the root of the thread in which it was written; empty in the channel itself.
  func keep(
    _ post: String, session: String, payload: String, root: String = "", at now: Date
  ) throws(StoreError) -> StoredTurn {
    try write { db in
      try Self.keep(post, session: session, payload: payload, root: root, at: now, in: db)
      return StoredTurn(reply: try Self.reply(to: post, in: db), isBegun: try Self.isBegun(post, in: db))
    }
  }

  static func keep(
    _ post: String, session: String, payload: String, root: String, at now: Date, in db: Database
  ) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO waiting (post, session, payload, root, at) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (post) DO UPDATE SET session = excluded.session, payload = excluded.payload, root = excluded.root
        """
    ).execute(arguments: [post, session, payload, root, now.milliseconds])
  }

  /// Returns whether an agent was asked about a message that may do more than answer.
  func isBegun(_ post: String) throws(StoreError) -> Bool {
    try read { db in try Self.isBegun(post, in: db) }
  }

  private static func isBegun(_ post: String, in db: Database) throws -> Bool {
    try Bool.fetchOne(
      db.cachedStatement(sql: "SELECT begun FROM waiting WHERE post = ?"), arguments: [post]) ?? false
  }

  /// Notes whether an agent was asked about a message that may do more than answer.
  func note(isBegun: Bool, _ post: String) throws(StoreError) {
    try write(outlasting: .power) { db in
      try db.cachedStatement(sql: "UPDATE waiting SET begun = ? WHERE post = ?").execute(arguments: [isBegun, post])
    }
  }
}

/// What is known of a message that is submitted again after a restart.
struct StoredTurn {
  /// The reply, where it was complete.
  var reply: Reply?
  /// Whether an agent had been asked that may do more than answer.
  var isBegun: Bool
}
