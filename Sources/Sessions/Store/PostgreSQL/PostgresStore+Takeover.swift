import Core
import FoundationEssentials
import Logging
import PostgreSQL

/// What members hand over to each other, and take over from those that are over.
extension PostgresStore {
  package func waitForTakeover() async { await membership.waitForTakeover() }

  package func takeOver() async throws(StoreError) -> Takeover {
    // What is read must not be given back meanwhile.
    await releasing?.value
    isTakingOver = true
    defer { isTakingOver = false }
    var replies: [PendingReply] = []
    let takesFromOthers = taken.mustReadAll || membership.hasOthersThatAreOver
    if takesFromOthers {
      taken.mustReadAll = true
      try await membership.takeOver(link)
      try await readLeases()
      replies = try await handedReplies()
    }
    let (messages, claims) = (try await handedMessages(), try await handedClaims())
    // Nothing can fail from here on: what counts as taken is returned.
    taken.mustReadAll = false
    let takeover = Takeover(
      replies: replies.filter { taken.insert($0.reply.id) }, posts: take(messages, claims), isOfOthers: takesFromOthers)
    await recordTaken()
    return takeover
  }

  /// Records that messages and claims are this gateway's, and returns those that it did not know of in the order in which
  /// they were claimed.
  private func take(_ messages: [HandedMessage], _ claims: [HandedClaim]) -> [UnfinishedPost] {
    var posts: [(place: Int64, post: UnfinishedPost)] = []
    for (place, message) in messages where taken.insert(message.claim) {
      let isHeld = SessionKey(text: message.session).map { held.recordOpenIfHeld(message.claim, in: $0) } ?? false
      if !isHeld { held.recordOpen(message.claim) }
      posts.append((place, .waiting(message)))
    }
    for (place, claim, isNothingLeft) in claims where taken.insert(claim) && !isNothingLeft {
      held.recordOpen(claim)
      posts.append((place, .claimed(claim)))
    }
    return posts.sorted { $0.place < $1.place }.map(\.post)
  }

  private func readLeases() async throws(StoreError) {
    let rows = try await readAll(
      Self.selectLeases, after: .text(""), atOnce: Limits.databaseRowsMax, .int(try membership.id()))
    let sessions = try decode { () throws(PostgresError) in
      try rows.map { row throws(PostgresError) in SessionKey(text: try row.text(0)) }
    }
    held.insert(sessions.compactMap(\.self))
  }

  private static let selectLeases: Statement = """
    SELECT session FROM leases WHERE session > $1 AND member = $3 ORDER BY session LIMIT $2
    """

  private func handedReplies() async throws(StoreError) -> [PendingReply] {
    let rows = try await readAll(
      Self.selectReplies, after: .int(0), atOnce: Limits.databaseTextsMax, .int(try membership.id()))
    return try decode { () throws(PostgresError) in
      try rows.map { row throws(PostgresError) in
        PendingReply(reply: try Reply(resumed: row), payload: try row.text(6))
      }
    }
  }

  private static let selectReplies: Statement = """
    SELECT place, reply, text, files, is_failure, parts, payload FROM outbox
    WHERE message IS NULL AND handed AND member = $3 AND place > $1 ORDER BY place LIMIT $2
    """

  /// A message that was handed over, and the place of its claim among all.
  private typealias HandedMessage = (place: Int64, message: PendingMessage)

  private func handedMessages() async throws(StoreError) -> [HandedMessage] {
    let rows = try await readAll(
      Self.selectMessages, after: .int(0), atOnce: Limits.databaseTextsMax, .int(try membership.id()))
    return try decode { () throws(PostgresError) in
      try rows.map { row throws(PostgresError) in (place: try row.int(7), message: try PendingMessage(row)) }
    }
  }

  private static let selectMessages: Statement = """
    SELECT waiting.place, waiting.post, session, payload, at,
      EXISTS (SELECT FROM outbox WHERE reply = waiting.post AND message IS NOT NULL), false,
      coalesce((SELECT claims.place FROM claims WHERE claims.post = waiting.post), waiting.place)
    FROM waiting WHERE handed AND member = $3 AND waiting.place > $1 ORDER BY waiting.place LIMIT $2
    """

  /// A claim that was handed over, its place among all, and whether nothing is left to do for it.
  private typealias HandedClaim = (place: Int64, claim: Claim, isNothingLeft: Bool)

  private func handedClaims() async throws(StoreError) -> [HandedClaim] {
    let rows = try await read(Self.selectHandedClaims, .int(try membership.id()), .int(Int64(Limits.openClaimsMax)))
    return try decode { () throws(PostgresError) in
      try rows.map { row throws(PostgresError) in
        (place: try row.int(0), claim: Claim(text: try row.text(1)), isNothingLeft: try row.bool(2))
      }
    }
  }

  /// Of a claim that has been finished meanwhile, or has a message of this member, nothing is left.
  private static let selectHandedClaims: Statement = """
    SELECT place, post, done OR EXISTS (
      SELECT FROM waiting WHERE waiting.post = claims.post AND waiting.member = claims.member
    )
    FROM claims WHERE handed AND member = $1 ORDER BY place LIMIT $2
    """

  /// Tells the database that this gateway has what was handed over. If that fails, it is told later.
  private func recordTaken() async {
    guard !taken.isEmpty else { return }
    let items = taken
    do throws(StoreError) {
      let member = PostgresValue.int(try membership.id())
      try await writeSoon(
        PostgresBatch {
          $0.add(Self.takeClaims, .texts(items.claims.map(\.text)), member)
          $0.add(Self.takeMessages, .texts(items.claims.map(\.text)), member)
          $0.add(Self.takeReplies, .texts(items.replies.map(\.text)), member)
        })
      taken.remove(items)
    } catch {
      logger.warning("handed over posts not recorded as taken yet", metadata: ["reason": "\(error)"])
    }
  }

  private static let takeClaims: Statement =
    "UPDATE claims SET handed = false WHERE handed AND post = ANY ($1) AND member = $2"
  private static let takeMessages: Statement =
    "UPDATE waiting SET handed = false WHERE handed AND post = ANY ($1) AND member = $2"
  private static let takeReplies: Statement =
    "UPDATE outbox SET handed = false WHERE handed AND reply = ANY ($1) AND member = $2"
}

// MARK: Handing over

extension PostgresStore {
  /// Makes a claim of this member that of the one that holds its session. Returns false if none does any more, or the
  /// claim is not this member's.
  func handOver(_ claim: Claim, of session: SessionKey, by member: Int64) async throws(StoreError) -> Bool {
    let results = try await write(
      PostgresBatch {
        $0.add(Self.lockLease, .text(session.text))
        $0.add(Self.passOn, .text(claim.text), .text(session.text), .int(member))
      })
    guard !results[1].isEmpty else { return false }
    await tellOfHandover(of: claim)
    return true
  }

  /// So that it cannot be taken over before the claim is made in its name.
  private static let lockLease: Statement = "SELECT 1 FROM leases WHERE session = $1 FOR SHARE"

  private static let passOn: Statement = """
    WITH passed AS (
      UPDATE claims SET member = leases.member, handed = true FROM leases
      WHERE post = $1 AND session = $2 AND claims.member = $3 AND NOT done
      RETURNING post
    ), message AS (
      DELETE FROM waiting USING passed WHERE waiting.post = passed.post
    )
    SELECT 1 FROM passed
    """

  /// Wakes the others. They look for themselves all the same.
  func tellOfHandover(of claim: Claim) async {
    logger.info("post handed over to the gateway that has its conversation", metadata: ["post": "\(claim)"])
    _ = try? await link.run(PostgresBatch { $0.add(Membership.notifyOthers) }, while: { false })
  }
}

// MARK: Giving leases back

extension PostgresStore {
  func releaseRegularly() async {
    while (try? await Task.sleep(for: Limits.leaseIdleTime / 4)) != nil {
      await release(idleSince: .now - Limits.leaseIdleTime)
    }
  }

  /// Gives back the leases of the sessions in which nothing was open since a moment.
  func release(idleSince moment: ContinuousClock.Instant) async {
    await releasing?.value
    guard !isTakingOver else { return }
    let idle = held.removeIdle(since: moment)
    guard !idle.isEmpty else { return }
    let work = Task {
      do throws(StoreError) {
        try await write(Self.deleteLeases, .texts(idle.map(\.text)), .int(try membership.id()))
      } catch {
        // They may still be this member's: then the next claim finds them.
        logger.warning("leases not given back", metadata: ["reason": "\(error)"])
      }
    }
    releasing = work
    await work.value
    releasing = nil
  }

  private static let deleteLeases: Statement = "DELETE FROM leases WHERE session = ANY ($1) AND member = $2"
}

/// What was handed over to this gateway and has not been recorded as taken yet.
struct TakenItems {
  private(set) var claims: Set<Claim> = []
  private(set) var replies: Set<ReplyID> = []
  /// True if what others left may not have been read to its end, as at the start.
  var mustReadAll = true

  var isEmpty: Bool { claims.isEmpty && replies.isEmpty }

  /// Records that a post or message was taken, and returns whether that is new.
  mutating func insert(_ claim: Claim) -> Bool { claims.insert(claim).inserted }

  mutating func insert(_ reply: ReplyID) -> Bool { replies.insert(reply).inserted }

  /// Forgets those of which the database knows.
  mutating func remove(_ items: TakenItems) {
    claims.subtract(items.claims)
    replies.subtract(items.replies)
  }
}
