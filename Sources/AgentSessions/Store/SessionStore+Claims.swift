package import FoundationEssentials
import GRDB

extension SessionStore {
  /// The seconds for which a claim keeps a post from being answered a second time, at least.
  package static let claimSeconds = (Limits.claimDays - 1) * 86_400

  /// Claims a post, or an edit of one, before any work on it begins: true for the first to ask, false for all others,
  /// also after a restart. The id is opaque to the store.
  ///
  /// A claim ends with `finish(_:)`, or by itself with the turn that answers the post. Where a gateway is killed
  /// between, the next one finds it among `unfinished()`.
  package func claim(_ post: String, at now: Date = Date()) throws(StoreError) -> Bool {
    try pruneIfDue(at: now)
    return try write { db in
      try db.cachedStatement(sql: "INSERT INTO claims (post, claimed_at, done) VALUES (?, ?, 0) ON CONFLICT DO NOTHING")
        .execute(arguments: [post, now.milliseconds])
      return db.changesCount > 0
    }
  }

  /// Whether a post was claimed, however long it is remembered.
  package func isClaimed(_ post: String) throws(StoreError) -> Bool {
    try read { db in
      try Int.fetchOne(db.cachedStatement(sql: "SELECT 1 FROM claims WHERE post = ?"), arguments: [post]) != nil
    }
  }

  /// Notes that nothing is left to do for posts: they wait no more, and their claims are done. As for one that was
  /// answered without an agent, was dropped, or can no longer be understood.
  package func finish(_ posts: [String]) throws(StoreError) {
    guard !posts.isEmpty else { return }
    try write { db in for post in posts { try Self.finish(post, in: db) } }
  }

  /// Lets go of a post that is nobody's message any more: it waits no more, and can be claimed again.
  package func release(_ post: String) throws(StoreError) {
    try write { db in
      try Self.finish(post, in: db)
      try db.cachedStatement(sql: "DELETE FROM claims WHERE post = ?").execute(arguments: [post])
    }
  }

  static func finish(_ post: String, in db: Database) throws {
    try db.cachedStatement(sql: "DELETE FROM waiting WHERE post = ?").execute(arguments: [post])
    try db.cachedStatement(sql: "UPDATE claims SET done = 1 WHERE post = ?").execute(arguments: [post])
  }

  /// Everything that was taken in and is not answered yet, in the order in which it came: what waits, and between it
  /// what a killed gateway had claimed and not begun to work on.
  package func unfinished() throws(StoreError) -> [UnfinishedPost] {
    let waiting = try pending()
    var claims = try read { db in
      try Row.fetchAll(
        db.cachedStatement(
          sql: """
            SELECT post, claimed_at FROM claims WHERE done = 0 AND post NOT IN (SELECT post FROM waiting)
            ORDER BY claimed_at
            """)
      ).map { row in (post: row["post"] as String, at: Date(milliseconds: row["claimed_at"])) }
    }[...]
    var unfinished: [UnfinishedPost] = []
    for message in waiting {
      while let claim = claims.first, claim.at <= message.at {
        unfinished.append(.claimed(claims.removeFirst().post))
      }
      unfinished.append(.waiting(message))
    }
    return unfinished + claims.map { .claimed($0.post) }
  }
}
