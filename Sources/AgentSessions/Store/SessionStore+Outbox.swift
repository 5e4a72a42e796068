package import FoundationEssentials
import GRDB

extension SessionStore {
  /// Keeps something to say that no agent is asked for, and notes that nothing else is left to do for the post `closed`:
  /// both or neither, so that a gateway that is killed here has either said nothing yet or will say it once.
  package func keep(_ saying: Reply, payload: String, closing closed: String? = nil) throws(StoreError) {
    try write(outlasting: .power) { db in
      if let closed { try Self.finish(closed, in: db) }
      try Self.insert(saying, message: nil, payload: payload, in: db)
    }
  }

  /// What was to be said and was not all out when the gateway ended, in the order in which it was kept.
  package func pendingReplies() throws(StoreError) -> [PendingReply] {
    try read { db in
      try Row.fetchAll(db.cachedStatement(sql: "SELECT * FROM outbox WHERE message IS NULL ORDER BY place")).map {
        PendingReply(reply: Reply(resumed: $0), payload: $0["payload"])
      }
    }
  }

  /// Notes that the first `count` posts of a reply are out, the last of them in the thread of the post `root`, so that
  /// it goes on behind them should the gateway be killed now.
  package func recordPosted(
    parts count: Int, of reply: String, inThread root: String, at now: Date = Date()
  ) throws(StoreError) {
    try write { db in
      try db.cachedStatement(sql: "UPDATE outbox SET parts = ? WHERE reply = ?").execute(arguments: [count, reply])
      try Self.joinThread(root, at: now, in: db)
    }
  }

  /// Lets go of a saying that is out, or never will be. The reply to a message goes with the message.
  package func letGo(of saying: String) throws(StoreError) {
    try write { db in try db.cachedStatement(sql: "DELETE FROM outbox WHERE reply = ?").execute(arguments: [saying]) }
  }

  /// Keeps what is said to a message that waits, before it is delivered, and notes that nothing else is left to do for the
  /// posts `finished`.
  func keep(_ reply: Reply, to message: String, finishing finished: [String] = []) throws(StoreError) {
    try write(outlasting: .power) { db in
      for post in finished { try Self.finish(post, in: db) }
      try Self.insert(reply, message: message, payload: "", in: db)
    }
  }

  static func reply(to message: String, in db: Database) throws -> Reply? {
    try Row.fetchOne(db.cachedStatement(sql: "SELECT * FROM outbox WHERE message = ?"), arguments: [message]).map(
      Reply.init(resumed:))
  }

  private static func insert(_ reply: Reply, message: String?, payload: String, in db: Database) throws {
    // What is kept first stands: some of it may be out.
    try db.cachedStatement(
      sql: """
        INSERT INTO outbox (reply, message, payload, text, files, is_failure) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (reply) DO NOTHING
        """
    ).execute(arguments: [reply.id, message, payload, reply.text, JSONColumn.text(reply.files), reply.isFailure])
  }
}

extension Reply {
  fileprivate init(resumed row: Row) {
    self.init(
      id: row["reply"], text: row["text"], files: JSONColumn.values(row["files"]), isFailure: row["is_failure"],
      partsPosted: row["parts"], isResumed: true)
  }
}
