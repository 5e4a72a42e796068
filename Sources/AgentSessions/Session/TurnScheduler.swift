import RuleEngine
import Synchronization

/// Decides which turns of all conversations run: as many as `TurnBounds` allow, and none that would only wait for its agent.
///
/// Each session offers the turns that it could begin next, in its order. Where there is room, the person with the fewest
/// running turns is next, among equals the one who has waited longest since a turn of theirs began or ended, and of theirs the
/// oldest message: whatever one person asks, the others take turns with them.
final class TurnScheduler: Sendable {
  /// A turn that a session could begin.
  struct Candidate {
    /// The turn's id in its session.
    let turn: Int
    let user: String
    let agent: String
    /// Its place among all messages that were taken in.
    let order: Int
  }

  /// Permission to run a turn, which must be given back by `release`.
  struct Slot {
    let turn: Int
    fileprivate let user: String
    fileprivate let agent: String
  }

  fileprivate struct Offer {
    let candidates: [Candidate]
    let admit: @Sendable (Slot) -> Void
  }

  fileprivate struct State {
    var bounds: TurnLimits
    /// How many turns each agent that bounds them runs at once.
    var concurrency: [String: Int]
    var running = 0
    var runningOfUser: [String: Int] = [:]
    var runningOfAgent: [String: Int] = [:]
    /// What sessions could begin, by the sessions' keys.
    var offers: [SessionKey: Offer] = [:]
    /// When each person who has a turn running or offered came, or had a turn begin or end: the lowest is next.
    var positions: [String: Int] = [:]
    var offered: [String: Int] = [:]
    var lastPosition = 0
    var lastOrder = 0
  }

  private let state: Mutex<State>

  init(_ bounds: TurnLimits, agents: [String: any Agent]) {
    state = Mutex(State(bounds: bounds, concurrency: agents.compactMapValues(\.concurrency)))
  }

  /// Goes by other bounds from now on. Turns that run go on.
  func use(_ bounds: TurnLimits, agents: [String: any Agent]) {
    admit(
      state.withLock { state in
        state.bounds = bounds
        state.concurrency = agents.compactMapValues(\.concurrency)
        return state.admitted()
      })
  }

  /// How many turns run.
  var running: Int { state.withLock(\.running) }

  /// Returns the place of a message that is taken in now among all messages.
  func nextOrder() -> Int {
    state.withLock { state in
      state.lastOrder += 1
      return state.lastOrder
    }
  }

  /// Returns a slot for the first of the candidates that may run now. Where none may, they replace what the session had
  /// offered before, and `admit` is called as soon as one of them may.
  func slot(
    for candidates: [Candidate], of session: SessionKey, admit: @escaping @Sendable (Slot) -> Void
  ) -> Slot? {
    state.withLock { state in
      let old = state.takeBack(session)
      // Only now: whoever offers anew has waited as long as before.
      defer { for candidate in old { state.forget(candidate.user) } }
      if let candidate = state.firstAdmissible(candidates) { return state.take(candidate) }
      state.add(Offer(candidates: candidates, admit: admit), of: session)
      return nil
    }
  }

  /// Takes back what a session had offered.
  func withdraw(_ session: SessionKey) {
    state.withLock { $0.withdraw(session) }
  }

  /// Gives back a slot: its turn is over, or does not begin.
  func release(_ slot: Slot) {
    admit(
      state.withLock { state in
        state.release(slot)
        return state.admitted()
      })
  }

  private func admit(_ admitted: [(Offer, Slot)]) {
    for (offer, slot) in admitted { offer.admit(slot) }
  }
}

extension TurnScheduler.State {
  fileprivate mutating func add(_ offer: TurnScheduler.Offer, of session: SessionKey) {
    offers[session] = offer
    for candidate in offer.candidates {
      offered[candidate.user, default: 0] += 1
      if positions[candidate.user] == nil { move(toEnd: candidate.user) }
    }
  }

  fileprivate mutating func withdraw(_ session: SessionKey) {
    for candidate in takeBack(session) { forget(candidate.user) }
  }

  /// Takes an offer back, and returns its candidates, whose users keep their positions.
  fileprivate mutating func takeBack(_ session: SessionKey) -> [TurnScheduler.Candidate] {
    let candidates = offers.removeValue(forKey: session)?.candidates ?? []
    for candidate in candidates { Self.decrement(&offered, candidate.user) }
    return candidates
  }

  fileprivate mutating func take(_ candidate: TurnScheduler.Candidate) -> TurnScheduler.Slot {
    running += 1
    runningOfUser[candidate.user, default: 0] += 1
    runningOfAgent[candidate.agent, default: 0] += 1
    move(toEnd: candidate.user)
    return TurnScheduler.Slot(turn: candidate.turn, user: candidate.user, agent: candidate.agent)
  }

  fileprivate mutating func release(_ slot: TurnScheduler.Slot) {
    running -= 1
    Self.decrement(&runningOfUser, slot.user)
    Self.decrement(&runningOfAgent, slot.agent)
    move(toEnd: slot.user)
    forget(slot.user)
  }

  /// Takes whatever may run by now.
  fileprivate mutating func admitted() -> [(TurnScheduler.Offer, TurnScheduler.Slot)] {
    var admitted: [(TurnScheduler.Offer, TurnScheduler.Slot)] = []
    while running < bounds.max, let (session, candidate) = next, let offer = offers[session] {
      withdraw(session)
      admitted.append((offer, take(candidate)))
    }
    return admitted
  }

  /// The first of the candidates that may run now, in their session's order.
  fileprivate func firstAdmissible(_ candidates: [TurnScheduler.Candidate]) -> TurnScheduler.Candidate? {
    guard running < bounds.max else { return nil }
    return candidates.first { candidate in
      runningOfUser[candidate.user, default: 0] < bounds.perUser
        && runningOfAgent[candidate.agent, default: 0] < concurrency[candidate.agent] ?? .max
    }
  }

  private var next: (session: SessionKey, candidate: TurnScheduler.Candidate)? {
    offers.compactMap { session, offer in firstAdmissible(offer.candidates).map { (session, $0) } }
      .min { rank(of: $0.1) < rank(of: $1.1) }
  }

  private func rank(of candidate: TurnScheduler.Candidate) -> (Int, Int, Int) {
    (runningOfUser[candidate.user, default: 0], positions[candidate.user] ?? 0, candidate.order)
  }

  private mutating func move(toEnd user: String) {
    lastPosition += 1
    positions[user] = lastPosition
  }

  fileprivate mutating func forget(_ user: String) {
    if runningOfUser[user] == nil, offered[user] == nil { positions[user] = nil }
  }

  private static func decrement(_ counts: inout [String: Int], _ key: String) {
    guard let count = counts[key] else { return }
    counts[key] = count > 1 ? count - 1 : nil
  }
}
