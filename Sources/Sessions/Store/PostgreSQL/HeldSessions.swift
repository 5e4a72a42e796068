import Core
import Synchronization

/// The sessions of which this gateway has the lease, and the claims that are open in each.
final class HeldSessions: Sendable {
  private struct Session {
    var open: Set<Claim> = []
    var usedAt: ContinuousClock.Instant
  }

  private struct State {
    var sessions: [SessionKey: Session] = [:]
    var sessionOfClaim: [Claim: SessionKey] = [:]
    /// Claims that were taken over, before it is known which session they belong to, and since when.
    var unassigned: [Claim: ContinuousClock.Instant] = [:]

    mutating func insert(_ session: SessionKey) { sessions[session, default: Session(usedAt: .now)].usedAt = .now }

    mutating func open(_ claim: Claim, in session: SessionKey) {
      close(claim)
      insert(session)
      sessions[session]?.open.insert(claim)
      sessionOfClaim[claim] = session
    }

    mutating func close(_ claim: Claim) {
      unassigned[claim] = nil
      guard let session = sessionOfClaim.removeValue(forKey: claim) else { return }
      sessions[session]?.open.remove(claim)
      sessions[session]?.usedAt = .now
    }
  }

  private let state = Mutex(State())

  var count: Int { state.withLock(\.sessions.count) }

  func contains(_ session: SessionKey) -> Bool { state.withLock { $0.sessions[session] != nil } }

  /// Records that the gateway has the leases of some sessions.
  func insert(_ sessions: [SessionKey]) {
    state.withLock { state in for session in sessions { state.insert(session) } }
  }

  /// Records that a claim is open in a session whose lease the gateway has.
  func recordOpen(_ claim: Claim, in session: SessionKey) { state.withLock { $0.open(claim, in: session) } }

  /// Records that a claim is open in a session if the gateway has its lease, and returns whether it has.
  func recordOpenIfHeld(_ claim: Claim, in session: SessionKey) -> Bool {
    state.withLock { state in
      guard state.sessions[session] != nil else { return false }
      state.open(claim, in: session)
      return true
    }
  }

  /// Records that a claim is open in a session that is not known yet.
  func recordOpen(_ claim: Claim) {
    state.withLock { state in
      if state.sessionOfClaim[claim] == nil { state.unassigned[claim] = .now }
    }
  }

  /// Records that claims are over.
  func recordEnd(of claims: [Claim]) { state.withLock { state in for claim in claims { state.close(claim) } } }

  /// Removes and returns the sessions in which nothing was open since a moment. None, while it is not known to which
  /// sessions some claims belong, unless their posts cannot be read for long: when one can be, its session is claimed.
  func removeIdle(since moment: ContinuousClock.Instant) -> [SessionKey] {
    state.withLock { state in
      let latest = ContinuousClock.now - Limits.unassignedClaimTime
      guard !state.unassigned.values.contains(where: { $0 > latest }) else { return [] }
      let idle = state.sessions.filter { $0.value.open.isEmpty && $0.value.usedAt < moment }.map(\.key)
      for session in idle { state.sessions[session] = nil }
      return idle
    }
  }
}
