import Core
import FoundationEssentials
import Logging
import PostgreSQL
import Synchronization

/// What gateways show of each other.
package struct MemberDescription: Sendable {
  /// The computer and the process, such as `host:4711`.
  package let name: String
  /// The version of the program.
  package let program: String

  package init(name: String, program: String) {
    self.name = name
    self.program = program
  }

  /// This process, as `HOST:PID`.
  package static func thisProcess(program: String) -> MemberDescription {
    let process = ProcessInfo.processInfo
    return MemberDescription(name: "\(process.hostName):\(process.processIdentifier)", program: program)
  }
}

/// The times of a lease.
package struct LeaseTimes: Sendable {
  /// The time from each renewal, by the database's clock, after which others may take over.
  package var length = Duration.seconds(8)
  /// The time between two renewals.
  package var renewal = Duration.seconds(2)
  /// The time before the end of the lease at which a gateway that cannot renew it stops: stopping takes a second.
  package var margin = Duration.seconds(2)

  /// The limits of the connection by which it is renewed: one that does not answer must be replaced before the lease is
  /// over.
  var connectionLimits: PostgresLimits {
    var limits = PostgresLimits()
    (limits.connectTime, limits.answerTimeMax) = (renewal, renewal)
    return limits
  }

  package init() {}
}

/// The lease by which one gateway may change the store: a row of `members`, which it renews, and which others delete once
/// its time is over. The number of the row is in every change (`fence()`), so that none is made after that.
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
  }

  private let state = Mutex(State())
  private let link: PostgresLink
  private let member: MemberDescription
  /// By which a member recognises its row if the answer to its insertion was lost. It also names what is shared by all
  /// stores in a database, whose members have the same ids.
  private let attempt = Int64.random(in: .min ... .max)
  private let left = WakeableSleep()
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
}

// MARK: The fence

extension Membership {
  /// Returns the statements before a change.
  func fence() throws(StoreError) -> PostgresBatch {
    let (id, end) = state.withLock { ($0.id, $0.end) }
    if let end { throw end }
    guard let id else { throw StoreError(.closed, link.address) }
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
  /// - Throws: `StoreError` with the code `.held` while another gateway is a member.
  func join() async throws(StoreError) {
    try await requireNoHolder()
    let began = ContinuousClock.now
    let length = PostgresValue.int(times.length.milliseconds)
    let results = try await link.run(
      PostgresBatch {
        $0.add(Self.limitWaiting)
        $0.add(Self.lockMembers)
        $0.add(Self.endSessionsOfExpired, length)
        $0.add(Self.deleteExpired, length)
        $0.add(Self.insertMember, .text(member.name), .text(member.program), length, .int(attempt))
        // An earlier attempt may have inserted the row, whose answer was lost.
        $0.add(Self.extendLease, length, .int(attempt))
        $0.add(Self.selectMember, .int(attempt))
      }, while: { false })
    let row: (id: Int64, name: String, isOwn: Bool)
    do throws(PostgresError) {
      guard let member = results[6].first else { throw PostgresError(.unexpectedResult, "there is no member") }
      row = (try member.int(0), try member.text(1), try member.bool(2))
    } catch {
      throw StoreError(error, link.address)
    }
    guard row.isOwn else { throw StoreError(.held, link.address, detail: row.name) }
    state.withLock { state in
      state.id = row.id
      state.stopsAt = began + times.length - times.margin
      state.renewing = Task { await self.renew() }
    }
    logger.debug("joined", metadata: ["member": "\(row.id)"])
    await name(link)
  }

  /// Gives the sessions of a connection the member's name, by which they are ended when others take over.
  func name(_ link: PostgresLink) async {
    do throws(StoreError) {
      try await link.setSessionName("edgecrab member \(attempt)")
    } catch {
      logger.warning("database session not named", metadata: ["reason": "\(error)"])
    }
  }

  /// Waits until a gateway has given its lease back, or the time is over.
  func waitForLeave(atMost time: Duration) async {
    await link.listen { [left] in left.wake() }
    await left.sleep(for: time)
  }

  /// Looks without a lock, so that standing by changes nothing in the database.
  private func requireNoHolder() async throws(StoreError) {
    let batch = PostgresBatch { $0.add(Self.selectHolder, .int(times.length.milliseconds), .int(attempt)) }
    guard let row = try await link.run(batch, while: { false })[0].first else { return }
    let name: String
    do throws(PostgresError) {
      name = try row.text(0)
    } catch {
      throw StoreError(error, link.address)
    }
    throw StoreError(.held, link.address, detail: name)
  }

  /// Others, unless their time is over.
  private static let selectHolder: Statement = """
    SELECT name FROM members
    WHERE attempt <> $2
      AND (expires_at >= clock_timestamp()
        OR clock_timestamp() <= pg_postmaster_start_time() + $1 * interval '1 millisecond')
    """

  // A member that was stopped within a change may hold locks.
  private static let limitWaiting: Statement = "SELECT set_config('lock_timeout', '1000', true)"

  // Two that join at the same time do so one after the other.
  private static let lockMembers: Statement = "SELECT 1 FROM store FOR UPDATE"

  /// Ends what a member whose time is over has left at work on the server, as when it was stopped within a change.
  private static let endSessionsOfExpired: Statement = """
    SELECT pg_terminate_backend(pid)
    FROM pg_stat_activity JOIN members ON application_name = 'edgecrab member ' || attempt
    WHERE usename = current_user AND datname = current_database()
      AND expires_at < clock_timestamp()
      AND clock_timestamp() > pg_postmaster_start_time() + $1 * interval '1 millisecond'
    """

  /// After a restart of the database, no other gateway takes over until the holder had the time of a lease to come back.
  private static let deleteExpired: Statement = """
    DELETE FROM members
    WHERE expires_at < clock_timestamp()
      AND clock_timestamp() > pg_postmaster_start_time() + $1 * interval '1 millisecond'
    """

  private static let insertMember: Statement = """
    INSERT INTO members (id, name, program, attempt, started_at, expires_at)
    SELECT nextval('member_ids'), $1, $2, $4, clock_timestamp(), clock_timestamp() + $3 * interval '1 millisecond'
    WHERE NOT EXISTS (SELECT FROM members)
    """

  private static let selectMember: Statement = "SELECT id, name, attempt = $1 FROM members"

  /// Gives the lease back, so that the next gateway need not wait for its end.
  func leave() async {
    let leaving = state.withLock { state in
      if let id = state.id, state.end == nil, state.leaving == nil {
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
        $0.add(Self.deleteMember, .int(id))
        $0.add(Self.notifyOthers)
      }
      _ = try await link.run(batch, while: { false })
    } catch {
      logger.warning("lease not given back", metadata: ["reason": "\(error)"])
    }
  }

  /// Ends the renewals, so that the lease runs out.
  func stopRenewing() { state.withLock { $0.renewing }?.cancel() }

  private static let deleteMember: Statement = "DELETE FROM members WHERE id = $1"

  /// Wakes those that stand by. They look for themselves all the same.
  private static let notifyOthers: Statement = "SELECT pg_notify('edgecrab', '')"
}

// MARK: Renewing

extension Membership {
  /// Renews the lease until it is over, is given back, or another gateway has taken over.
  private func renew() async {
    await withTaskGroup { group in
      group.addTask { await self.stopInTime() }
      group.addTask { await self.renewRegularly() }
      await group.next()
      group.cancelAll()
    }
  }

  private func renewRegularly() async {
    while (try? await Task.sleep(for: times.renewal)) != nil {
      let began = ContinuousClock.now
      do throws(StoreError) {
        let batch = PostgresBatch { $0.add(Self.extendLease, .int(times.length.milliseconds), .int(attempt)) }
        let results = try await link.run(batch, while: { self.mayWait })
        guard !results[0].isEmpty else { return stop(StoreError(.takenOver, link.address)) }
        // Too late, if others may have taken over meanwhile.
        state.withLock { if $0.end == nil { $0.stopsAt = began + times.length - times.margin } }
      } catch {
        guard mayWait else { return stopIfOver() }
        logger.warning("lease not renewed", metadata: ["reason": "\(error)"])
      }
    }
  }

  private static let extendLease: Statement = """
    UPDATE members SET expires_at = clock_timestamp() + $1 * interval '1 millisecond' WHERE attempt = $2 RETURNING id
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
