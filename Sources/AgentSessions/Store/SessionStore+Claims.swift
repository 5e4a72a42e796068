public import FoundationEssentials
import GRDB

extension SessionStore {
  /// Claims a post, or an edit of one, before any work on it begins: true for the first to ask, false for all others,
  /// also after a restart. The id is opaque to the store.
  ///
  /// A claim ends with `finish(_:)`, or by itself with the turn that answers the post. Where a gateway is killed
  /// between, the next one takes the claim as never made, unless the post already waits in the store.
  public func claim(_ post: String, at now: Date = Date()) throws(StoreError) -> Bool {
    try pruneIfDue(at: now)
    return try write { db in
      try db.execute(
        sql: "INSERT INTO claims (post, claimed_at, done) VALUES (?, ?, 0) ON CONFLICT DO NOTHING",
        arguments: [post, now.milliseconds])
      return db.changesCount > 0
    }
  }

  /// Notes that nothing is left to do for posts: they wait no more, and their claims are done. As for one that was
  /// answered without an agent, was dropped, or can no longer be understood.
  public func finish(_ posts: [String]) throws(StoreError) {
    guard !posts.isEmpty else { return }
    try write { db in for post in posts { try Self.finish(post, in: db) } }
  }

  static func finish(_ post: String, in db: Database) throws {
    try db.execute(sql: "DELETE FROM waiting WHERE post = ?", arguments: [post])
    try db.execute(sql: "UPDATE claims SET done = 1 WHERE post = ?", arguments: [post])
  }

  static func releaseUnfinishedClaims(in db: Database) throws {
    try db.execute(sql: "DELETE FROM claims WHERE done = 0 AND post NOT IN (SELECT post FROM waiting)")
  }
}
