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
  }

  private let state = Mutex(State())
  private let link: PostgresLink
  private let member: MemberDescription
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
    return PostgresBatch { $0.add(Self.fence, .int(id)) }
  }

  /// Divides by zero if the gateway is no longer a member, which ends the transaction. The lock on its row lets it be
  /// renewed, and makes those who would delete it wait.
  private static let fence: Statement = """
    SELECT 1 / count(*) FROM (SELECT FROM members WHERE id = $1 FOR KEY SHARE) AS member
    """

  /// Returns the error of a change, or that of the end of the membership if that is why it failed.
  func explain(_ error: StoreError) -> StoreError {
    if error.code == .takenOver { stop(error) }
    return state.withLock { $0.end } ?? error
  }
}

// MARK: Joining and leaving

extension Membership {
  /// - Throws: `StoreError` with the code `.held` while another gateway is a member.
  func join() async throws(StoreError) {
    let began = ContinuousClock.now
    let results = try await link.run(
      PostgresBatch {
        $0.add(Self.lockMembers)
        $0.add(Self.deleteExpired, .int(times.length.milliseconds))
        $0.add(Self.insertMember, .text(member.name), .text(member.program), .int(times.length.milliseconds))
        $0.add(Self.selectOthers)
      }, while: { false })
    let joined: (id: Int64?, other: String)
    do throws(PostgresError) {
      joined = (try results[2].first?.int(0), try results[3].first?.text(0) ?? "")
    } catch {
      throw StoreError(error, link.address)
    }
    guard let id = joined.id else { throw StoreError(.held, link.address, detail: joined.other) }
    state.withLock { state in
      state.id = id
      state.stopsAt = began + times.length - times.margin
      state.renewing = Task { await self.renew(id) }
    }
    logger.debug("joined", metadata: ["member": "\(id)"])
  }

  // Two that join at the same time do so one after the other.
  private static let lockMembers: Statement = "SELECT 1 FROM store FOR UPDATE"

  /// After a restart of the database, nobody is taken over until all had the time of a lease to come back.
  private static let deleteExpired: Statement = """
    DELETE FROM members
    WHERE expires_at < clock_timestamp()
      AND clock_timestamp() > pg_postmaster_start_time() + $1 * interval '1 millisecond'
    """

  private static let insertMember: Statement = """
    INSERT INTO members (id, name, program, started_at, expires_at)
    SELECT nextval('member_ids'), $1, $2, clock_timestamp(), clock_timestamp() + $3 * interval '1 millisecond'
    WHERE NOT EXISTS (SELECT FROM members)
    RETURNING id
    """

  private static let selectOthers: Statement = "SELECT name FROM members ORDER BY id"

  /// Gives the lease back, so that the next gateway need not wait for its end.
  func leave() async {
    let (id, renewing) = state.withLock { state in
      defer { (state.id, state.renewing) = (nil, nil) }
      return (state.id, state.renewing)
    }
    renewing?.cancel()
    if let id, state.withLock({ $0.end == nil }) {
      do throws(StoreError) {
        _ = try await link.run(PostgresBatch { $0.add(Self.deleteMember, .int(id)) }, while: { false })
      } catch {
        logger.warning("lease not given back", metadata: ["reason": "\(error)"])
      }
    }
    ending.finish()
    await link.close()
  }

  /// Ends the renewals, so that the lease runs out.
  func stopRenewing() { state.withLock { $0.renewing }?.cancel() }

  private static let deleteMember: Statement = "DELETE FROM members WHERE id = $1"
}

// MARK: Renewing

extension Membership {
  /// Renews the lease until it is over, is given back, or somebody has taken over.
  private func renew(_ id: Int64) async {
    await withTaskGroup { group in
      group.addTask { await self.stopInTime() }
      group.addTask { await self.renewRegularly(id) }
      await group.next()
      group.cancelAll()
    }
  }

  private func renewRegularly(_ id: Int64) async {
    while (try? await Task.sleep(for: times.renewal)) != nil {
      let began = ContinuousClock.now
      do throws(StoreError) {
        let batch = PostgresBatch { $0.add(Self.extendLease, .int(id), .int(times.length.milliseconds)) }
        let results = try await link.run(batch, while: { self.mayWait })
        guard !results[0].isEmpty else { return stop(StoreError(.takenOver, link.address)) }
        // Too late, if others may have taken over meanwhile.
        state.withLock { if $0.end == nil { $0.stopsAt = began + times.length - times.margin } }
      } catch {
        guard mayWait else { return }
        logger.warning("lease not renewed", metadata: ["reason": "\(error)"])
      }
    }
  }

  private static let extendLease: Statement = """
    UPDATE members SET expires_at = clock_timestamp() + $2 * interval '1 millisecond' WHERE id = $1 RETURNING id
    """

  /// Ends the membership before others may take over, if it is not renewed until then.
  private func stopInTime() async {
    while let stopsAt = state.withLock({ $0.stopsAt }) {
      guard ContinuousClock.now < stopsAt else { return stop(StoreError(.leaseOver, link.address)) }
      guard (try? await Task.sleep(until: stopsAt)) != nil else { return }
    }
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
