import Agents
import Core
import RuleEngine
import Synchronization

/// Decides which turns of all conversations run: as many as `TurnLimits` allow, and none that would only wait for its
/// agent.
///
/// Each session offers the turns that it could begin next, in its order. When a slot is free, the user with the fewest
/// running turns is next, among equals the one who has waited longest since a turn of theirs began or ended, and of
/// theirs the oldest message. However much one user asks, the others take turns with them.
final class TurnScheduler: Sendable {
  /// A turn that a session could begin.
  struct Candidate {
    /// The turn's id in its session.
    let turn: Int
    let user: UserID
    let agent: String
    /// The message's position among all messages that were submitted.
    let order: Int
  }

  /// Permission to run a turn, until it is released.
  final class Slot: Sendable {
    let turn: Int
    fileprivate let user: UserID
    fileprivate let agent: String
    private let scheduler: TurnScheduler
    private let isReleased = Mutex(false)

    fileprivate init(_ candidate: Candidate, of scheduler: TurnScheduler) {
      (turn, user, agent) = (candidate.turn, candidate.user, candidate.agent)
      self.scheduler = scheduler
    }

    /// Gives the slot back: the turn is over, or does not begin. A second call does nothing.
    func release() {
      let wasReleased = isReleased.withLock { isReleased in
        defer { isReleased = true }
        return isReleased
      }
      if !wasReleased { scheduler.release(self) }
    }
  }

  private struct Offer {
    let candidates: [Candidate]
    let admit: @Sendable (Slot) -> Void
  }

  private let state: Mutex<State>

  init(_ limits: TurnLimits, agents: [String: any Agent]) {
    state = Mutex(State(limits: limits, concurrency: agents.compactMapValues(\.concurrency)))
  }

  /// Replaces the limits. Turns that run continue.
  func use(_ limits: TurnLimits, agents: [String: any Agent]) {
    admit { state in
      state.limits = limits
      state.concurrency = agents.compactMapValues(\.concurrency)
    }
  }

  /// The number of running turns.
  var running: Int { state.withLock(\.running) }

  /// Returns the position of a message that is submitted now among all messages.
  func nextOrder() -> Int {
    state.withLock { state in
      state.lastOrder += 1
      return state.lastOrder
    }
  }

  /// Returns a slot for the first of the candidates that may run now. If none may, they replace the session's
  /// earlier offer, and `admit` is called as soon as one of them may.
  func slot(
    for candidates: [Candidate], of session: SessionKey, admit: @escaping @Sendable (Slot) -> Void
  ) -> Slot? {
    state.withLock { state in
      let old = state.removeOffer(of: session)
      // Afterwards only: a user who is offered again has waited as long as before.
      defer { for candidate in old { state.forget(candidate.user) } }
      if let candidate = state.firstAdmissible(candidates) {
        state.begin(candidate)
        return Slot(candidate, of: self)
      }
      state.add(Offer(candidates: candidates, admit: admit), of: session)
      return nil
    }
  }

  /// Removes a session's offer.
  func withdraw(_ session: SessionKey) {
    state.withLock { $0.withdraw(session) }
  }

  private func release(_ slot: Slot) {
    admit { $0.end(user: slot.user, agent: slot.agent) }
  }

  /// Changes the state, then admits the offered turns that may run. The sessions are called outside of the lock.
  private func admit(after change: (inout State) -> Void) {
    let admitted = state.withLock { state in
      change(&state)
      return state.admitted()
    }
    for (offer, candidate) in admitted { offer.admit(Slot(candidate, of: self)) }
  }
}

extension TurnScheduler {
  private struct State {
    var limits: TurnLimits
    /// The maximum of concurrent turns of each agent that has one.
    var concurrency: [String: Int]
    private(set) var running = 0
    var lastOrder = 0
    private var runningOfUser: [UserID: Int] = [:]
    private var runningOfAgent: [String: Int] = [:]
    private var offers: [SessionKey: Offer] = [:]
    /// For each user with a turn that runs or is offered, when they came, or a turn of theirs last began or ended: the
    /// lowest is next.
    private var positions: [UserID: Int] = [:]
    private var offered: [UserID: Int] = [:]
    private var lastPosition = 0

    init(limits: TurnLimits, concurrency: [String: Int]) {
      self.limits = limits
      self.concurrency = concurrency
    }

    mutating func add(_ offer: Offer, of session: SessionKey) {
      offers[session] = offer
      for candidate in offer.candidates {
        offered[candidate.user, default: 0] += 1
        if positions[candidate.user] == nil { moveToEnd(candidate.user) }
      }
    }

    mutating func withdraw(_ session: SessionKey) {
      for candidate in removeOffer(of: session) { forget(candidate.user) }
    }

    /// Removes an offer and returns its candidates, whose users keep their positions.
    mutating func removeOffer(of session: SessionKey) -> [Candidate] {
      let candidates = offers.removeValue(forKey: session)?.candidates ?? []
      for candidate in candidates { offered.decrement(candidate.user) }
      return candidates
    }

    mutating func begin(_ candidate: Candidate) {
      running += 1
      runningOfUser[candidate.user, default: 0] += 1
      runningOfAgent[candidate.agent, default: 0] += 1
      moveToEnd(candidate.user)
    }

    mutating func end(user: UserID, agent: String) {
      running -= 1
      runningOfUser.decrement(user)
      runningOfAgent.decrement(agent)
      moveToEnd(user)
      forget(user)
    }

    /// Begins all offered turns that may run now.
    mutating func admitted() -> [(Offer, Candidate)] {
      var admitted: [(Offer, Candidate)] = []
      while running < limits.max, let (session, candidate) = next, let offer = offers[session] {
        withdraw(session)
        begin(candidate)
        admitted.append((offer, candidate))
      }
      return admitted
    }

    /// Returns the first of the candidates that may run now, in their session's order, or `nil` if none may.
    func firstAdmissible(_ candidates: [Candidate]) -> Candidate? {
      guard running < limits.max else { return nil }
      return candidates.first { candidate in
        runningOfUser[candidate.user, default: 0] < limits.perUser
          && runningOfAgent[candidate.agent, default: 0] < concurrency[candidate.agent] ?? .max
      }
    }

    mutating func forget(_ user: UserID) {
      if runningOfUser[user] == nil, offered[user] == nil { positions[user] = nil }
    }

    private var next: (session: SessionKey, candidate: Candidate)? {
      offers.compactMap { session, offer in firstAdmissible(offer.candidates).map { (session, $0) } }
        .min { rank(of: $0.1) < rank(of: $1.1) }
    }

    private func rank(of candidate: Candidate) -> (Int, Int, Int) {
      (runningOfUser[candidate.user, default: 0], positions[candidate.user] ?? 0, candidate.order)
    }

    private mutating func moveToEnd(_ user: UserID) {
      lastPosition += 1
      positions[user] = lastPosition
    }
  }
}

extension Dictionary where Value == Int {
  /// Counts one less; a count of 0 is removed.
  mutating func decrement(_ key: Key) {
    guard let count = self[key] else { return }
    self[key] = count > 1 ? count - 1 : nil
  }
}
