package import Core
package import FoundationEssentials
import GRDB
import Logging

/// The replies that are not completely posted. A reply is stored in the transaction that ends its claim, or that stores
/// it beside its waiting message, before any of it is sent.
extension SQLiteStore {
  package func add(_ reply: Reply, payload: String, finishing claim: Claim? = nil) async throws(StoreError) {
    let place = nextPlace()
    do throws(StoreError) {
      try await writeToDisk { db in
        if let claim { try Self.finish(claim, in: db) }
        try Self.insert(reply, message: nil, payload: payload, place: place, in: db)
      }
    } catch {
      // The reply is sent all the same.
      if let claim, error.isRefusal { try finishLater([claim]) }
      throw error
    }
  }

  package func add(_ reply: Reply, to claim: Claim, finishing others: [Claim] = []) async throws(StoreError) -> Bool {
    let place = nextPlace()
    return try await writeToDisk { db in
      guard try Self.isWaiting(claim, in: db) else { return false }
      for other in others { try Self.finish(other, in: db) }
      try Self.insert(reply, message: claim, payload: "", place: place, in: db)
      return true
    }
  }

  package func pendingReplies() throws(StoreError) -> [PendingReply] {
    try read { db in
      try Row.fetchAll(db.cachedStatement(sql: "SELECT * FROM outbox WHERE message IS NULL ORDER BY place")).map {
        PendingReply(reply: Reply(resumed: $0), payload: $0["payload"])
      }
    }
  }

  package func recordPosted(
    _ count: Int, of reply: ReplyID, thread root: PostID, at now: Date
  ) throws(StoreError) {
    try postpone(failure: "post not recorded", metadata: ["reply": "\(reply)"]) { db in
      try db.cachedStatement(sql: "UPDATE outbox SET parts = ? WHERE reply = ?").execute(arguments: [count, reply.text])
      try Self.joinThread(root, at: now, in: db)
    }
  }

  package func removePosted(_ reply: ReplyID, thread root: PostID?, at now: Date) throws(StoreError) {
    try postpone(failure: "reply not deleted", metadata: ["reply": "\(reply)"]) { db in
      try Self.remove(reply, in: db)
      if let root { try Self.joinThread(root, at: now, in: db) }
    }
  }

  package func remove(_ reply: ReplyID) throws(StoreError) { try write { db in try Self.remove(reply, in: db) } }

  private static func remove(_ reply: ReplyID, in db: Database) throws {
    try db.cachedStatement(sql: "DELETE FROM outbox WHERE reply = ?").execute(arguments: [reply.text])
  }

  static func reply(to claim: Claim, in db: Database) throws -> Reply? {
    try Row.fetchOne(
      db.cachedStatement(sql: "SELECT * FROM outbox WHERE reply = ? AND message IS NOT NULL"),
      arguments: [ReplyID.answer(to: claim).text]
    ).map(Reply.init(resumed:))
  }

  static func deleteReply(to claim: Claim, in db: Database) throws {
    try db.cachedStatement(sql: "DELETE FROM outbox WHERE reply = ? AND message IS NOT NULL").execute(
      arguments: [ReplyID.answer(to: claim).text])
  }

  private static func insert(
    _ reply: Reply, message: Claim?, payload: String, place: Int64, in db: Database
  ) throws {
    // The first reply of this id stays: some of it may be posted.
    try db.cachedStatement(
      sql: """
        INSERT INTO outbox (reply, place, message, payload, text, files, is_failure) VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (reply) DO NOTHING
        """
    ).execute(arguments: [
      reply.id.text, place, message?.text, payload, reply.text, JSONColumn.text(reply.files), reply.isFailure,
    ])
  }
}

extension Reply {
  fileprivate init(resumed row: Row) {
    self.init(
      id: ReplyID(text: row["reply"]), text: row["text"], files: JSONColumn.values(row["files"]),
      isFailure: row["is_failure"], postedCount: row["parts"], isResumed: true)
  }
}
