package import Core
package import FoundationEssentials
import GRDB
import Logging

// MARK: Claims

extension SQLiteStore {
  /// It is stored with the next transaction, `Limits.postponedTime` later at most; that of an edit, which might not be
  /// read again, and any on a disk that refuses changes, at once. What a kill undoes before is read again: no cursor is
  /// stored before the claims of its posts.
  package func claim(_ claim: Claim, of session: SessionKey, at now: Date) throws(StoreError) -> ClaimResult {
    try requireFiles()
    try pruneIfDue(at: now)
    guard try !isClaimed(claim) else { return .known }
    try postpone(making: claim, failure: "claim not stored", metadata: ["post": "\(claim)"]) { db in
      try db.cachedStatement(sql: "INSERT INTO claims (post, claimed_at, done) VALUES (?, ?, 0)").execute(
        arguments: [claim.text, now.milliseconds])
    }
    if claim.editedAt != nil || isRefused { try storeAtOnce(claim) }
    return .new
  }

  package func claimed(_ claims: [Claim]) throws(StoreError) -> Set<Claim> {
    var claimed: Set<Claim> = []
    for claim in claims where try isClaimed(claim) { claimed.insert(claim) }
    return claimed
  }

  private func isClaimed(_ claim: Claim) throws(StoreError) -> Bool {
    if isPostponed(claim) { return true }
    return try readStored { db in
      try Int.fetchOne(db.cachedStatement(sql: "SELECT 1 FROM claims WHERE post = ?"), arguments: [claim.text]) != nil
    }
  }

  package func finish(_ claims: [Claim]) throws(StoreError) {
    guard !claims.isEmpty else { return }
    do throws(StoreError) {
      try write { db in for claim in claims { try Self.finish(claim, in: db) } }
    } catch {
      guard error.isRefusal else { throw error }
      try finishLater(claims)
    }
  }

  /// Ends claims as soon as the disk takes it. Until then, a start would decide their posts again.
  func finishLater(_ claims: [Claim]) throws(StoreError) {
    for claim in claims {
      try postpone(failure: "claim not finished", metadata: ["post": "\(claim)"]) { db in
        try Self.finish(claim, in: db)
      }
    }
  }

  package func release(_ claim: Claim) throws(StoreError) {
    try write { db in
      try Self.finish(claim, in: db)
      try db.cachedStatement(sql: "DELETE FROM claims WHERE post = ?").execute(arguments: [claim.text])
    }
  }

  static func finish(_ claim: Claim, in db: Database) throws {
    try db.cachedStatement(sql: "DELETE FROM waiting WHERE post = ?").execute(arguments: [claim.text])
    try deleteReply(to: claim, in: db)
    try db.cachedStatement(sql: "UPDATE claims SET done = 1 WHERE post = ?").execute(arguments: [claim.text])
  }

  /// Opens a claim again: something is left to do for it after all.
  static func reopen(_ claim: Claim, in db: Database) throws {
    try db.cachedStatement(sql: "UPDATE claims SET done = 0 WHERE post = ?").execute(arguments: [claim.text])
  }

  package func unfinished() throws(StoreError) -> [UnfinishedPost] {
    let waiting = try pending()
    let claims = try read { db in
      try Row.fetchAll(
        db.cachedStatement(
          sql: """
            SELECT post, claimed_at FROM claims WHERE done = 0 AND post NOT IN (SELECT post FROM waiting)
            ORDER BY claimed_at
            """)
      ).map { row in (claim: Claim(text: row["post"]), at: Date(milliseconds: row["claimed_at"])) }
    }
    return UnfinishedPost.inOrder(waiting: waiting, claims: claims)
  }
}

// MARK: Waiting messages

extension SQLiteStore {
  package func pending() throws(StoreError) -> [PendingMessage] {
    try read { db in
      try Row.fetchAll(db.cachedStatement(sql: "\(Self.messages) ORDER BY place")).map(PendingMessage.init)
    }
  }

  package func pending(of post: PostID) throws(StoreError) -> [PendingMessage] {
    try read { db in
      try Row.fetchAll(
        db.cachedStatement(
          sql: """
            \(Self.messages)
            WHERE post = ? OR post >= ? || '@' AND post < ? || 'A' ORDER BY place
            """),
        arguments: [post.rawValue, post.rawValue, post.rawValue]
      ).map(PendingMessage.init)
    }
  }

  private static let messages = """
    SELECT post, session, payload, at,
      EXISTS (SELECT 1 FROM outbox WHERE reply = waiting.post AND message IS NOT NULL) AS answered
    FROM waiting
    """

  package func enqueue(
    _ claim: Claim, session: SessionKey, payload: String, root: PostID? = nil, at now: Date
  ) throws(StoreError) -> StoredTurn {
    let place = nextPlace()
    return try write { db in
      try Self.enqueue(claim, session: session, payload: payload, root: root, at: now, place: place, in: db)
      return StoredTurn(reply: try Self.reply(to: claim, in: db), isBegun: try Self.isBegun(claim, in: db))
    }
  }

  static func enqueue(
    _ claim: Claim, session: SessionKey, payload: String, root: PostID?, at now: Date, place: Int64, in db: Database
  ) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO waiting (post, place, session, payload, root, at) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (post) DO UPDATE SET session = excluded.session, payload = excluded.payload, root = excluded.root
        """
    ).execute(arguments: [claim.text, place, session.text, payload, root?.rawValue ?? "", now.milliseconds])
  }

  package func correct(_ claim: Claim, payload: String) throws(StoreError) {
    try write { db in
      try db.cachedStatement(sql: "UPDATE waiting SET payload = ? WHERE post = ?").execute(
        arguments: [payload, claim.text])
    }
  }

  package func reopen(_ claim: Claim) throws(StoreError) {
    try write { db in
      try Self.finish(claim, in: db)
      try Self.reopen(claim, in: db)
    }
  }

  static func isWaiting(_ claim: Claim, in db: Database) throws -> Bool {
    try Int.fetchOne(db.cachedStatement(sql: "SELECT 1 FROM waiting WHERE post = ?"), arguments: [claim.text]) != nil
  }

  package func isBegun(_ claim: Claim) throws(StoreError) -> Bool {
    try read { db in try Self.isBegun(claim, in: db) }
  }

  private static func isBegun(_ claim: Claim, in db: Database) throws -> Bool {
    try Bool.fetchOne(
      db.cachedStatement(sql: "SELECT begun FROM waiting WHERE post = ?"), arguments: [claim.text]) ?? false
  }

  package func setBegun(_ isBegun: Bool, _ claim: Claim) async throws(StoreError) {
    try await writeToDisk { db in
      try db.cachedStatement(sql: "UPDATE waiting SET begun = ? WHERE post = ?").execute(
        arguments: [isBegun, claim.text])
    }
  }
}

extension PendingMessage {
  fileprivate init(_ row: Row) {
    self.init(
      claim: Claim(text: row["post"]), session: row["session"], payload: row["payload"],
      at: Date(milliseconds: row["at"]), isAnswered: row["answered"], isElsewhere: false)
  }
}
