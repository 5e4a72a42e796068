import Core
import FoundationEssentials
import Logging
import PostgreSQL
import Synchronization

/// The membership by which a gateway may change the store: a row of `members`, which it renews, and which others delete
/// once its time is over. The number of the row is in every change (`fence()`), so that none is made after that.
///
/// The database's clock judges the lease. The gateway itself only measures the time since it last asked for a renewal that
/// was made, which is never shorter.
final class Membership: Sendable {
  private struct State {
    /// The number of the row; `nil` before the gateway has joined, and after it has left.
    var id: Int64?
    /// When the gateway stops, unless the lease is renewed.
    var stopsAt: ContinuousClock.Instant?
    var end: StoreError?
    var renewing: Task<Void, Never>?
    /// Gives the lease back. Others who close the store wait for it, so that they do not cut it off.
    var leaving: Task<Void, Never>?
    /// The fingerprint of this member's rules, and whether it receives posts.
    var rules = ""
    var isReady = false
    var members = MemberList()
    /// The number of looks in which no member had the rules in force.
    var looksWithoutRules = 0
    /// Since when it could not work although others could, and why.
    var obstacle: (end: StoreError.Code, since: ContinuousClock.Instant)?
  }

  private let state = Mutex(State())
  private let link: PostgresLink
  private let member: MemberDescription
  /// By which a member recognises its row if the answer to its insertion was lost. It is also the key of the advisory lock
  /// and a part of the application name, which all schemas of a database share: ids are unique in one schema only.
  private let attempt = Int64.random(in: .min ... .max)
  /// Starts a look at the other members.
  private let look = WakeableSleep()
  /// Woken when there may be something to take over.
  private let takeover = WakeableSleep()
  private let times: LeaseTimes
  private let logger: Logger
  private let (ends, ending): (AsyncStream<StoreError>, AsyncStream<StoreError>.Continuation) = AsyncStream<StoreError>
    .makeStream()

  init(_ link: PostgresLink, _ member: MemberDescription, _ times: LeaseTimes, logger: Logger) {
    self.link = link
    self.member = member
    self.times = times
    self.logger = logger
  }

  /// True if an operation may wait for the database: the lease is not over.
  var mayWait: Bool {
    state.withLock { state in
      guard state.end == nil, let stopsAt = state.stopsAt else { return false }
      return ContinuousClock.now < stopsAt
    }
  }

  /// Throws why the membership ended, if it has.
  func requireNoEnd() throws(StoreError) {
    if let end = state.withLock({ $0.end }) { throw end }
  }

  /// Returns why the membership ended, or `nil` when the task is cancelled.
  func end() async -> StoreError? {
    for await end in ends { return end }
    return nil
  }

  /// Returns the number of the row.
  func id() throws(StoreError) -> Int64 {
    let (id, end) = state.withLock { ($0.id, $0.end) }
    if let end { throw end }
    guard let id else { throw StoreError(.closed, link.address) }
    return id
  }
}

// MARK: The fence

extension Membership {
  /// Returns the statements before a change.
  func fence() throws(StoreError) -> PostgresBatch {
    let id = try id()
    return PostgresBatch { $0.add(Self.fence, .int(id), .int(attempt)) }
  }

  /// Divides by zero if the gateway is no longer a member, which ends the transaction. The lock on its row lets it be
  /// renewed, and makes those who would delete it wait. The other lock makes a change that is repeated wait for its first
  /// attempt, which a lost connection may have left at work.
  private static let fence: Statement = """
    SELECT 1 / count(*), pg_advisory_xact_lock($2)
    FROM (SELECT FROM members WHERE id = $1 FOR KEY SHARE) AS member
    """

  /// Returns the error of a change, or that of the end of the membership if that is why it failed.
  func explain(_ error: StoreError) -> StoreError {
    if error.code == .takenOver { stop(error) }
    // An error at the end of the lease may have its cause in that.
    return state.withLock { $0.end } ?? (mayWait ? error : StoreError(.leaseOver, link.address))
  }
}

// MARK: Joining and leaving

extension Membership {
  /// Becomes a member.
  ///
  /// - Parameter rules: the fingerprint of its rules. They are put in force if they are new, or if no other gateway has
  ///   those in force.
  /// - Throws: `StoreError` with the code `.rulesDiffer` while others work by newer rules.
  func join(rules: String) async throws(StoreError) {
    try await join(rules: rules, isAlone: false)
  }

  /// Becomes the only member.
  ///
  /// - Throws: `StoreError` with the code `.hasGateways` while there are others.
  func joinAlone() async throws(StoreError) { try await join(rules: "", isAlone: true) }

  private func join(rules: String, isAlone: Bool) async throws(StoreError) {
    let began = ContinuousClock.now
    let rows = try await link.run(
      PostgresBatch {
        $0.add(Self.limitWaiting)
        $0.add(Self.lockMembers)
        if !isAlone { $0.add(Self.putInForce, .text(rules), .int(attempt), .bool(false)) }
        $0.add(
          Self.insertMember, .text(member.name), .text(member.program), .int(times.length.milliseconds), .int(attempt),
          .text(rules), .bool(isAlone))
        // An earlier attempt may have inserted the row, whose answer was lost.
        $0.add(Self.extendLease, .int(attempt), .bool(false))
        $0.add(Self.selectMembers, .int(attempt))
      }, while: { false })
    let members = try list(rows.last ?? [])
    guard let own = members.own else {
      let others = members.withRulesInForce + members.others
      throw StoreError(isAlone ? .hasGateways : .rulesDiffer, link.address, detail: others.first?.name ?? "")
    }
    state.withLock { state in
      state.id = own
      state.rules = rules
      state.members = members
      state.stopsAt = began + times.length - times.margin
      state.renewing = Task { await self.renew() }
    }
    logger.debug("joined", metadata: ["member": "\(own)"])
    await setApplicationName(of: link)
  }

  /// Gives the sessions of a connection the member's name, by which they are ended when others take over.
  func setApplicationName(of link: PostgresLink) async {
    do throws(StoreError) {
      try await link.setSessionName("edgecrab member \(attempt)")
    } catch {
      logger.warning("database session not named", metadata: ["reason": "\(error)"])
    }
  }

  /// Waits until a member has told the others something, or the time is over.
  func waitForMembers(atMost time: Duration) async {
    await link.listen { [look] in look.wake() }
    await look.sleep(for: time)
  }

  // A member that was stopped within a change may hold locks.
  private static let limitWaiting: Statement = "SELECT set_config('lock_timeout', '1000', true)"

  // Two that join or take over at the same time do so one after the other.
  private static let lockMembers: Statement = "SELECT 1 FROM store FOR UPDATE"

  /// $3 says whether to do it although the rules are known and other members have those in force.
  private static let putInForce: Statement = """
    INSERT INTO rules (fingerprint, number, announced_at)
    SELECT $1, nextval('places'), clock_timestamp()
    WHERE $3 OR NOT EXISTS (SELECT FROM rules WHERE fingerprint = $1)
      OR NOT EXISTS (
        SELECT FROM members
        WHERE attempt <> $2 AND NOT is_over(expires_at, lease) AND rules = rules_in_force()
      )
    ON CONFLICT (fingerprint) DO UPDATE SET number = excluded.number, announced_at = excluded.announced_at
    """

  private static let insertMember: Statement = """
    INSERT INTO members (id, name, program, attempt, started_at, lease, expires_at, rules)
    SELECT nextval('member_ids'), $1, $2, $4, clock_timestamp(), $3 * interval '1 millisecond',
      clock_timestamp() + $3 * interval '1 millisecond', $5
    WHERE NOT EXISTS (SELECT FROM members WHERE attempt = $4)
      AND CASE WHEN $6
        THEN NOT EXISTS (SELECT FROM members WHERE NOT is_over(expires_at, lease)) ELSE $5 = rules_in_force()
      END
    """

  /// Gives the lease back, so that others need not wait for its end.
  func leave() async {
    let leaving = state.withLock { state in
      if let id = state.id, state.end.map(\.isByChoice) ?? true, state.leaving == nil {
        state.leaving = Task { await self.giveBack(id) }
      }
      state.renewing?.cancel()
      (state.id, state.stopsAt, state.renewing) = (nil, nil, nil)
      return state.leaving
    }
    await leaving?.value
    ending.finish()
    await link.close()
  }

  private func giveBack(_ id: Int64) async {
    do throws(StoreError) {
      let batch = PostgresBatch {
        $0.add(Self.endMember, .int(id))
        $0.add(Self.notifyOthers)
      }
      _ = try await link.run(batch, while: { false })
    } catch {
      logger.warning("lease not given back", metadata: ["reason": "\(error)"])
    }
  }

  /// Ends the renewals, so that the lease runs out.
  func stopRenewing() { state.withLock { $0.renewing }?.cancel() }

  private static let endMember: Statement = "UPDATE members SET expires_at = '-infinity' WHERE id = $1"

  /// Wakes the others. They look for themselves all the same.
  static let notifyOthers: Statement = "SELECT pg_notify('edgecrab', '')"
}

// MARK: Members and rules

extension Membership {
  /// Tells the others whether this one receives posts.
  func setReady(_ isReady: Bool) {
    let isChange = state.withLock { state in
      defer { state.isReady = isReady }
      return state.isReady != isReady
    }
    if isChange { look.wake() }
  }

  /// Puts other rules in force, for all members.
  func use(rules: String) async throws(StoreError) {
    // Without the lock by which changes wait for each other: it would keep the lease from being renewed. Announced twice,
    // they are still in force.
    var batch = PostgresBatch { [id = try id()] in $0.add(Self.lockMember, .int(id)) }
    batch.add(Self.putInForce, .text(rules), .int(attempt), .bool(true))
    batch.add(Self.forgetRules, .int(Int64(Limits.announcedRulesMax)))
    batch.add(Self.setRules, .int(attempt), .text(rules))
    batch.add(Self.notifyOthers)
    batch.add(Self.selectMembers, .int(attempt))
    do throws(StoreError) {
      let members = try list(try await link.run(batch, while: { self.mayWait }).last ?? [])
      state.withLock { state in
        state.rules = rules
        state.members = members
      }
    } catch {
      throw explain(error)
    }
  }

  private static let lockMember: Statement = """
    SELECT 1 / count(*) FROM (SELECT FROM members WHERE id = $1 FOR KEY SHARE) AS member
    """

  private static let setRules: Statement = "UPDATE members SET rules = $2 WHERE attempt = $1"

  private static let forgetRules: Statement = """
    DELETE FROM rules WHERE number < (SELECT number FROM rules ORDER BY number DESC OFFSET $1 - 1 LIMIT 1)
    """

  /// Why this member may claim nothing now: it is over, or other rules than its own are in force.
  var obstacle: StoreError? {
    let (id, end, rules, members) = state.withLock { ($0.id, $0.end, $0.rules, $0.members) }
    if let end { return end }
    guard id != nil else { return StoreError(.closed, link.address) }
    guard mayWait else { return StoreError(.leaseOver, link.address) }
    // As long as no member with the rules in force receives posts, answers by others are better than none.
    guard rules != members.rulesInForce, let other = members.ready.first else { return nil }
    return StoreError(.rulesDiffer, link.address, detail: other.name)
  }

  /// The number of members that can work, as of the last look.
  var workingCount: Int {
    let isWorking = obstacle == nil && state.withLock(\.isReady)
    return state.withLock(\.members.ready.count) + (isWorking ? 1 : 0)
  }

  /// Returns the number of members that come before this one for a session.
  func rank(for session: String) -> Int { state.withLock { $0.members.rank(for: session) } }

  /// Returns when there may be something to take over, or the task is cancelled.
  func waitForTakeover() async { await takeover.sleep(for: nil) }

  private func list(_ rows: [PostgresRow]) throws(StoreError) -> MemberList {
    do throws(PostgresError) {
      return try MemberList(rows)
    } catch {
      throw StoreError(error, link.address)
    }
  }

  private static let selectMembers: Statement = """
    SELECT id, name, is_ready, is_over(expires_at, lease), rules, attempt = $1, rules_in_force(),
      attempt = $1 AND EXISTS (SELECT FROM claims WHERE handed AND member = members.id)
    FROM members ORDER BY id
    """
}

// MARK: Taking over

extension Membership {
  /// Makes everything this member's that members had which are over.
  ///
  /// - Parameter link: the connection that may take longer.
  func takeOver(_ link: PostgresLink) async throws(StoreError) {
    let id = try id()
    var batch = try fence()
    batch.add(Self.limitWaiting)
    batch.add(Self.lockMembers)
    batch.add(Self.terminateConnectionsOfOthers, .int(attempt))
    batch.add(Self.deleteOthers, .int(attempt))
    // Leases first: a claim in the name of a member that is deleted meanwhile locks the lease.
    for statement in [
      Self.takeLeases, Self.takeLeasesOfMessages, Self.takeMessages, Self.takeClaims, Self.takeReplies,
    ] {
      batch.add(statement, .int(id))
    }
    do throws(StoreError) {
      _ = try await link.run(batch, while: { self.mayWait })
    } catch {
      throw explain(error)
    }
    state.withLock { $0.members.removeThoseThatAreOver() }
  }

  /// Ends what members whose time is over have left at work on the server, as when they were stopped within a change.
  private static let terminateConnectionsOfOthers: Statement = """
    SELECT pg_terminate_backend(pid)
    FROM pg_stat_activity JOIN members ON application_name = 'edgecrab member ' || attempt
    WHERE usename = current_user AND datname = current_database() AND is_over(expires_at, lease) AND attempt <> $1
    """

  private static let deleteOthers: Statement = """
    DELETE FROM members WHERE is_over(expires_at, lease) AND attempt <> $1
    """

  private static let takeLeases: Statement = """
    UPDATE leases SET member = $1 WHERE member NOT IN (SELECT id FROM members)
    """

  /// Reads the whole table once, in a tenth of a second for a million claims; an index would cost every claim more.
  private static let takeClaims: Statement = """
    UPDATE claims SET member = $1, handed = true WHERE NOT done AND member NOT IN (SELECT id FROM members)
    """

  /// Messages of an earlier schema, or of a store in a file, have none.
  private static let takeLeasesOfMessages: Statement = """
    INSERT INTO leases (session, member)
    SELECT DISTINCT session, $1::bigint FROM waiting WHERE member NOT IN (SELECT id FROM members)
    ON CONFLICT (session) DO NOTHING
    """

  /// Gives each message, with its claim, to the member that has its session.
  private static let takeMessages: Statement = """
    WITH taken AS (
      UPDATE waiting SET member = held.member, handed = true
      FROM (
        SELECT session, member FROM leases
        WHERE session IN (SELECT session FROM waiting WHERE member NOT IN (SELECT id FROM members)) FOR UPDATE
      ) AS held
      WHERE held.session = waiting.session AND waiting.member NOT IN (SELECT id FROM members)
      RETURNING post, waiting.member
    )
    UPDATE claims SET member = taken.member, handed = true FROM taken WHERE claims.post = taken.post
    """

  private static let takeReplies: Statement = """
    UPDATE outbox SET member = $1, handed = true WHERE message IS NULL AND member NOT IN (SELECT id FROM members)
    """

  /// True if members are over and nothing has been taken over from them.
  var hasOthersThatAreOver: Bool { state.withLock { $0.members.hasThoseThatAreOver } }
}

// MARK: Renewing

extension Membership {
  /// Renews the lease until it is over, is given back, or another gateway has taken over.
  private func renew() async {
    await withTaskGroup { group in
      group.addTask { await self.stopInTime() }
      group.addTask { await self.lookRegularly() }
      await group.next()
      group.cancelAll()
    }
  }

  private func lookRegularly() async {
    var renewedAt = ContinuousClock.now
    // What the others know.
    var isKnownReady = false
    while !Task.isCancelled {
      await link.listen { [look] in look.wake() }
      await look.sleep(for: times.look)
      if Task.isCancelled { return }
      let (isReady, began) = (state.withLock(\.isReady), ContinuousClock.now)
      let renews = isReady != isKnownReady || began - renewedAt >= times.renewal - times.look / 2
      do throws(StoreError) {
        let rows = try await link.run(
          PostgresBatch {
            if renews { $0.add(Self.extendLease, .int(attempt), .bool(isReady)) }
            $0.add(Self.selectMembers, .int(attempt))
          }, while: { self.mayWait })
        try update(try list(rows.last ?? []), renewedAt: renews ? began : nil)
        if renews { (renewedAt, isKnownReady) = (began, isReady) }
        try await replaceAbandonedRules()
      } catch {
        if error.code == .takenOver { return stop(error) }
        guard mayWait else { return stopIfOver() }
        logger.warning("lease not renewed", metadata: ["reason": "\(error)"])
      }
      // Notifications that come close together are one.
      try? await Task.sleep(for: Limits.lookPause)
    }
  }

  /// Puts the own rules in force once no member has had those in force for two looks: the members with them have ended.
  private func replaceAbandonedRules() async throws(StoreError) {
    let own: String? = state.withLock { state in
      guard state.members.withRulesInForce.isEmpty, state.rules != state.members.rulesInForce else {
        state.looksWithoutRules = 0
        return nil
      }
      state.looksWithoutRules += 1
      return state.looksWithoutRules < 2 ? nil : state.rules
    }
    if let own { try await use(rules: own) }
  }

  /// Records what is known of the members now.
  private func update(_ members: MemberList, renewedAt: ContinuousClock.Instant?) throws(StoreError) {
    guard members.own != nil else { throw StoreError(.takenOver, link.address) }
    let end: StoreError.Code? = state.withLock { state in
      // Too late, if others may have taken over meanwhile.
      if let renewedAt, state.end == nil { state.stopsAt = renewedAt + times.length - times.margin }
      state.members = members
      let obstacle = members.obstacle(rules: state.rules, isReady: state.isReady)
      guard let obstacle else {
        state.obstacle = nil
        return nil
      }
      let since = state.obstacle.flatMap { $0.end == obstacle ? $0.since : nil } ?? .now
      state.obstacle = (obstacle, since)
      let grace = obstacle == .rulesDiffer ? times.rulesGrace : times.silenceGrace
      return ContinuousClock.now - since >= grace ? obstacle : nil
    }
    if members.hasThoseThatAreOver || members.isHandedSomething { takeover.wake() }
    if let end { stop(StoreError(end, link.address, detail: members.ready.first?.name ?? "")) }
  }

  private static let extendLease: Statement = """
    UPDATE members SET expires_at = clock_timestamp() + lease, is_ready = $2
    WHERE attempt = $1 AND expires_at <> '-infinity'
    """

  /// Ends the membership before others may take over, if it is not renewed until then.
  private func stopInTime() async {
    while let stopsAt = state.withLock({ $0.stopsAt }) {
      guard ContinuousClock.now < stopsAt else { return stopIfOver() }
      guard (try? await Task.sleep(until: stopsAt)) != nil else { return stopIfOver() }
    }
  }

  /// Ends the membership if its time is over. After `leave()`, there is nothing to end.
  private func stopIfOver() {
    guard let stopsAt = state.withLock({ $0.stopsAt }), ContinuousClock.now >= stopsAt else { return }
    stop(StoreError(.leaseOver, link.address))
  }

  private func stop(_ error: StoreError) {
    let isFirst = state.withLock { state in
      guard state.end == nil else { return false }
      state.end = error
      return true
    }
    if isFirst { ending.yield(error) }
  }
}

extension StoreError {
  /// True if the membership ended although the lease was not over.
  fileprivate var isByChoice: Bool { [.rulesDiffer, .notConnected].contains(code) }
}
