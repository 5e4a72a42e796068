package import Core
package import FoundationEssentials
import PostgreSQL

extension PostgresStore {
  package nonisolated func claimDelay(for session: SessionKey) -> Duration {
    if held.contains(session) { return .zero }
    let rank = membership.rank(for: session.text)
    return rank == 0 ? .zero : Limits.claimDelayFirst + Limits.claimDelayNext * (rank - 1)
  }

  package func claim(_ claim: Claim, of session: SessionKey, at now: Date) async throws(StoreError) -> ClaimResult {
    pruneIfDue(at: now)
    if let obstacle { throw obstacle }
    await releasing?.value
    let member = try membership.id()
    // Before the database is asked, so that the lease is not given back meanwhile.
    let isHeld = held.recordOpenIfHeld(claim, in: session)
    let (holder, isNew) = try await insert(claim, of: session, isHeld: isHeld, by: member, at: now)
    if holder == member { held.insert([session]) }
    let result = try await result(of: claim, session, isNew: isNew, holder: holder, member: member, at: now)
    if result == .elsewhere { held.recordEnd(of: [claim]) }
    return result
  }

  /// Claims a post for the holder of its session, which this member becomes if there is none.
  private func insert(
    _ claim: Claim, of session: SessionKey, isHeld: Bool, by member: Int64, at now: Date
  ) async throws(StoreError) -> (holder: Int64, isNew: Bool) {
    // If the connection is lost, the claim may be stored although no answer came: repeated, it is recognised.
    let attempt = Int64.random(in: .min ... .max)
    let values: [PostgresValue] = [.text(claim.text), .int(now.milliseconds), .int(attempt), .int(member)]
    if isHeld {
      let rows = try await write(PostgresBatch { $0.add(Self.insertClaim, values) })[0]
      return (member, !rows.isEmpty)
    }
    let rows = try await write(PostgresBatch { $0.add(Self.insertClaimAndLease, values + [.text(session.text)]) })[0]
    return try decode { () throws(PostgresError) in
      guard let row = rows.first else { throw PostgresError(.unexpectedResult, "a claim without a lease") }
      return (try row.int(0), try row.bool(1))
    }
  }

  private static let insertClaim: Statement = """
    INSERT INTO claims (post, claimed_at, done, attempt, member) VALUES ($1, $2, false, $3, $4)
    ON CONFLICT (post) DO UPDATE SET attempt = excluded.attempt WHERE claims.attempt = excluded.attempt
    RETURNING 1
    """

  /// The lease of another member is locked, so that it cannot be taken over before the claim is made in its name.
  private static let insertClaimAndLease: Statement = """
    WITH lease AS (
      INSERT INTO leases (session, member) VALUES ($5, $4)
      ON CONFLICT (session) DO UPDATE SET member = leases.member RETURNING member
    ), made AS (
      INSERT INTO claims (post, claimed_at, done, attempt, member, handed)
      SELECT $1, $2, false, $3, member, member <> $4 FROM lease
      ON CONFLICT (post) DO UPDATE SET attempt = excluded.attempt WHERE claims.attempt = excluded.attempt
      RETURNING 1
    )
    SELECT member, EXISTS (SELECT FROM made) FROM lease
    """

  private func result(
    of claim: Claim, _ session: SessionKey, isNew: Bool, holder: Int64, member: Int64, at now: Date
  ) async throws(StoreError) -> ClaimResult {
    if isNew, holder == member {
      held.recordOpen(claim, in: session)
      return .new
    }
    if isNew {
      await tellOfHandover(of: claim)
      return .elsewhere
    }
    let rows = try await read(Self.selectClaim, .text(claim.text))
    let known = try decode { () throws(PostgresError) in
      try rows.first.map { row throws(PostgresError) in
        (member: try row.int(0), isHanded: try row.bool(1), isDone: try row.bool(2))
      }
    }
    guard let known, known.member == member else { return .elsewhere }
    if known.isDone {
      held.recordEnd(of: [claim])
      return .known
    }
    if holder != member {
      if try await handOver(claim, of: session, by: member) { return .elsewhere }
      // Its holder has just given the session back.
      return try await self.claim(claim, of: session, at: now)
    }
    held.recordOpen(claim, in: session)
    // Others may have handed over what this gateway hears only now.
    return known.isHanded && taken.insert(claim) ? .new : .known
  }

  private static let selectClaim: Statement = "SELECT member, handed, done FROM claims WHERE post = $1"

  package func claimed(_ claims: [Claim]) async throws(StoreError) -> Set<Claim> {
    guard !claims.isEmpty else { return [] }
    let rows = try await read(Self.selectClaims, .texts(claims.map(\.text)))
    return try decode { () throws(PostgresError) in
      Set(try rows.map { row throws(PostgresError) in Claim(text: try row.text(0)) })
    }
  }

  private static let selectClaims: Statement = "SELECT post FROM claims WHERE post = ANY ($1)"

  package func finish(_ claims: [Claim]) async throws(StoreError) {
    guard !claims.isEmpty else { return }
    let batch = PostgresBatch { $0.finish(claims) }
    do throws(StoreError) {
      try await write(batch)
    } catch {
      guard error.isRefusal else { throw error }
      writeLater(batch)
    }
    held.recordEnd(of: claims)
  }

  package func release(_ claim: Claim) async throws(StoreError) {
    try await write(
      PostgresBatch {
        $0.finish([claim])
        $0.add(Self.deleteClaim, .text(claim.text))
      })
    held.recordEnd(of: [claim])
  }

  private static let deleteClaim: Statement = "DELETE FROM claims WHERE post = $1"
}

// MARK: Waiting messages

extension PostgresStore {
  package func pending(of post: PostID) async throws(StoreError) -> [PendingMessage] {
    let rows = try await read(Self.selectWaitingOfPost, .text(post.rawValue), .int(try membership.id()))
    return try decode { () throws(PostgresError) in try rows.map(PendingMessage.init) }
  }

  private static let selectWaitingOfPost: Statement = """
    SELECT place, post, session, payload, at,
      EXISTS (SELECT FROM outbox WHERE reply = waiting.post AND message IS NOT NULL), member <> $2
    FROM waiting WHERE post = $1 OR post >= $1 || '@' AND post < $1 || 'A' ORDER BY place
    """

  package func enqueue(
    _ claim: Claim, session: SessionKey, payload: String, root: PostID?, at now: Date
  ) async throws(StoreError) -> StoredTurn {
    let member = try membership.id()
    let stored = try await write(
      PostgresBatch { $0.enqueue(claim, session: session, payload: payload, root: root, by: member, at: now) })[0]
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
  /// Reads a row: place, post, session, payload, at, is answered, is elsewhere.
  init(_ row: PostgresRow) throws(PostgresError) {
    self.init(
      claim: Claim(text: try row.text(1)), session: try row.text(2), payload: try row.text(3),
      at: Date(milliseconds: try row.int(4)), isAnswered: try row.bool(5), isElsewhere: try row.bool(6))
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
  mutating func enqueue(
    _ claim: Claim, session: SessionKey, payload: String, root: PostID?, by member: Int64, at now: Date
  ) {
    add(
      Self.insertWaiting, .text(claim.text), .text(session.text), .text(payload), .text(root?.rawValue ?? ""),
      .int(now.milliseconds), .int(member))
  }

  private static let insertWaiting: Statement = """
    WITH stored AS (
      INSERT INTO waiting (post, place, session, payload, root, at, member)
      VALUES ($1, nextval('places'), $2, $3, $4, $5, $6)
      ON CONFLICT (post) DO UPDATE SET session = excluded.session, payload = excluded.payload, root = excluded.root
      RETURNING post, begun
    )
    SELECT outbox.place, reply, text, files, is_failure, parts, begun
    FROM stored LEFT JOIN outbox ON reply = stored.post AND message IS NOT NULL
    """
}
