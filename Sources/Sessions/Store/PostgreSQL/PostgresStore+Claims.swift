package import Core
package import FoundationEssentials
import PostgreSQL

extension PostgresStore {
  package func claim(_ claim: Claim, at now: Date) async throws(StoreError) -> Bool {
    pruneIfDue(at: now)
    // If the connection is lost, the claim may be stored although no answer came: repeated, it is recognised.
    let attempt = Int64.random(in: .min ... .max)
    let rows = try await write(Self.insertClaim, .text(claim.text), .int(now.milliseconds), .int(attempt))
    return !rows.isEmpty
  }

  private static let insertClaim: Statement = """
    INSERT INTO claims (post, claimed_at, done, attempt) VALUES ($1, $2, false, $3)
    ON CONFLICT (post) DO UPDATE SET attempt = excluded.attempt WHERE claims.attempt = excluded.attempt
    RETURNING 1
    """

  package func isClaimed(_ claim: Claim) async throws(StoreError) -> Bool {
    try await !read(Self.selectClaim, .text(claim.text)).isEmpty
  }

  private static let selectClaim: Statement = "SELECT 1 FROM claims WHERE post = $1"

  package func finish(_ claims: [Claim]) async throws(StoreError) {
    guard !claims.isEmpty else { return }
    let batch = PostgresBatch { $0.finish(claims) }
    do throws(StoreError) {
      try await write(batch)
    } catch {
      guard error.isRefusal else { throw error }
      writeLater(batch)
    }
  }

  package func release(_ claim: Claim) async throws(StoreError) {
    try await write(
      PostgresBatch {
        $0.finish([claim])
        $0.add(Self.deleteClaim, .text(claim.text))
      })
  }

  private static let deleteClaim: Statement = "DELETE FROM claims WHERE post = $1"

  package func unfinished() async throws(StoreError) -> [UnfinishedPost] {
    let waiting = try await pending()
    let rows = try await read(Self.selectOpenClaims, .int(Int64(Limits.openClaimsMax)))
    let claims = try decode { () throws(PostgresError) in
      try rows.map { row throws(PostgresError) in
        (claim: Claim(text: try row.text(0)), at: Date(milliseconds: try row.int(1)))
      }
    }
    return UnfinishedPost.inOrder(waiting: waiting, claims: claims)
  }

  /// Reads the whole table once, in a tenth of a second for a million claims; an index would cost every claim more.
  private static let selectOpenClaims: Statement = """
    SELECT post, claimed_at FROM claims
    WHERE NOT done AND post NOT IN (SELECT post FROM waiting) ORDER BY claimed_at, post LIMIT $1
    """
}

// MARK: Waiting messages

extension PostgresStore {
  package func pending() async throws(StoreError) -> [PendingMessage] {
    let rows = try await readAll(Self.selectWaiting, after: .int(0), atOnce: Limits.databaseTextsMax)
    return try decode { () throws(PostgresError) in try rows.map(PendingMessage.init) }
  }

  private static let selectWaiting: Statement = """
    SELECT place, post, session, payload, at,
      EXISTS (SELECT FROM outbox WHERE reply = waiting.post AND message IS NOT NULL)
    FROM waiting WHERE place > $1 ORDER BY place LIMIT $2
    """

  package func pending(of post: PostID) async throws(StoreError) -> [PendingMessage] {
    let rows = try await read(Self.selectWaitingOfPost, .text(post.rawValue))
    return try decode { () throws(PostgresError) in try rows.map(PendingMessage.init) }
  }

  private static let selectWaitingOfPost: Statement = """
    SELECT place, post, session, payload, at,
      EXISTS (SELECT FROM outbox WHERE reply = waiting.post AND message IS NOT NULL)
    FROM waiting WHERE post = $1 OR post >= $1 || '@' AND post < $1 || 'A' ORDER BY place
    """

  package func enqueue(
    _ claim: Claim, session: SessionKey, payload: String, root: PostID?, at now: Date
  ) async throws(StoreError) -> StoredTurn {
    let stored = try await write(
      PostgresBatch { $0.enqueue(claim, session: session, payload: payload, root: root, at: now) })[0]
    return try decode { () throws(PostgresError) in
      guard let row = stored.first else { return StoredTurn(reply: nil, isBegun: false) }
      let hasReply = try row.optionalText(1) != nil
      return StoredTurn(reply: hasReply ? try Reply(resumed: row) : nil, isBegun: try row.bool(6))
    }
  }

  package func correct(_ claim: Claim, payload: String) async throws(StoreError) {
    try await write(Self.updatePayload, .text(claim.text), .text(payload))
  }

  private static let updatePayload: Statement = "UPDATE waiting SET payload = $2 WHERE post = $1"

  package func reopen(_ claim: Claim) async throws(StoreError) {
    try await write(
      PostgresBatch {
        $0.finish([claim])
        $0.reopen([claim])
      })
  }

  package func isBegun(_ claim: Claim) async throws(StoreError) -> Bool {
    let rows = try await read(Self.selectBegun, .text(claim.text))
    return try decode { () throws(PostgresError) in try rows.first?.bool(0) ?? false }
  }

  private static let selectBegun: Statement = "SELECT begun FROM waiting WHERE post = $1"

  package func setBegun(_ isBegun: Bool, _ claim: Claim) async throws(StoreError) {
    try await write(Self.updateBegun, .text(claim.text), .bool(isBegun))
  }

  private static let updateBegun: Statement = "UPDATE waiting SET begun = $2 WHERE post = $1"
}

extension PendingMessage {
  /// Reads a row: place, post, session, payload, at, is answered.
  fileprivate init(_ row: PostgresRow) throws(PostgresError) {
    self.init(
      claim: Claim(text: try row.text(1)), session: try row.text(2), payload: try row.text(3),
      at: Date(milliseconds: try row.int(4)), isAnswered: try row.bool(5))
  }
}

// MARK: As parts of other changes

extension PostgresBatch {
  /// Ends claims, with their waiting messages and the replies to these.
  mutating func finish(_ claims: [Claim]) {
    guard !claims.isEmpty else { return }
    let posts = PostgresValue.texts(claims.map(\.text))
    add(Self.endClaims, posts)
  }

  private static let endClaims: Statement = """
    WITH gone AS (
      DELETE FROM waiting WHERE post = ANY ($1)
    ), replies AS (
      DELETE FROM outbox WHERE reply = ANY ($1) AND message IS NOT NULL
    )
    UPDATE claims SET done = true WHERE post = ANY ($1) AND NOT done
    """

  /// Deletes the replies to messages.
  mutating func deleteReplies(to claims: [Claim]) { add(Self.deleteReplies, .texts(claims.map(\.text))) }

  private static let deleteReplies: Statement = "DELETE FROM outbox WHERE reply = ANY ($1) AND message IS NOT NULL"

  /// Opens claims again: something is left to do for them after all.
  mutating func reopen(_ claims: [Claim]) { add(Self.openClaims, .texts(claims.map(\.text))) }

  private static let openClaims: Statement = "UPDATE claims SET done = false WHERE post = ANY ($1)"

  /// Stores a message until it is answered; one that waits already keeps its position. The row of the result has its
  /// reply, if it is answered already, and whether it is begun.
  mutating func enqueue(_ claim: Claim, session: SessionKey, payload: String, root: PostID?, at now: Date) {
    add(
      Self.insertWaiting, .text(claim.text), .text(session.text), .text(payload), .text(root?.rawValue ?? ""),
      .int(now.milliseconds))
  }

  private static let insertWaiting: Statement = """
    WITH stored AS (
      INSERT INTO waiting (post, place, session, payload, root, at) VALUES ($1, nextval('places'), $2, $3, $4, $5)
      ON CONFLICT (post) DO UPDATE SET session = excluded.session, payload = excluded.payload, root = excluded.root
      RETURNING post, begun
    )
    SELECT outbox.place, reply, text, files, is_failure, parts, begun
    FROM stored LEFT JOIN outbox ON reply = stored.post AND message IS NOT NULL
    """
}
