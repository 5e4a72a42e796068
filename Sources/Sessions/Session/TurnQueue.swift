import Core
import FoundationEssentials
import RuleEngine

/// A message that a session has accepted and not begun to answer.
struct WaitingTurn: Identifiable {
  let id: Int
  var request: TurnRequest
  /// The exchange that a retry replaces.
  var replaces: Int64?
  /// The message that a retry repeats, if that was not over when the retry came, and what it repeats itself: which
  /// exchange is replaced is known when the turn begins.
  var repeats: [TurnRequest] = []
  /// Its position among the messages of all sessions.
  let order: Int
  /// Counts it as long as it waits or runs.
  let ticket: Backlog.Ticket
  /// True if it interrupted another message, so that it is next.
  var isNext = false
  /// True if the store has it, so that it may begin.
  var isStored = false
  /// True if the agent that is answering may yet be told of it: until that is decided it does not begin.
  var isJoining = false
  /// The hooks' decision, if they were asked already: the text to post instead of an answer, or `nil` inside.
  var hookRefusal: String??
  /// True if a gateway that was killed had asked an agent that may do more than answer.
  var isBegun = false
  /// True if its answer was ended because another message of the same turn was deleted.
  var isCutOff = false
  /// True if parts of an earlier answer to it may be posted: they are looked for.
  var mayBePosted = false
  /// The reply, if it only has to be delivered.
  var reply: Reply?

  /// True if it may begin as far as its session is concerned.
  var isReady: Bool { isStored && !isJoining }

  /// True if it is a retry of a message that was not over when it came.
  var repeatsUnfinished: Bool { !repeats.isEmpty }
}

extension SessionDeletion {
  func ends(_ turn: WaitingTurn) -> Bool {
    if turn.id == found { return true }
    if let replaced = turn.replaces, exchanges.contains(replaced) { return true }
    switch deletion {
    case .message(let post):
      return ([turn.request] + turn.repeats).map(\.source).contains { $0.post == post || $0.root == post }
    case .answer(let claim): return turn.request.claim == claim
    }
  }
}

/// The waiting messages of a session. Those of each user are answered in the order in which they came, and no user is
/// answered twice in a row while another waits.
struct TurnQueue {
  private var turns: [WaitingTurn] = []
  /// The user who was answered last.
  private var lastUser: UserID?

  var count: Int { turns.count }

  /// The waiting messages in the order in which they came.
  var all: [WaitingTurn] { turns }

  /// Returns whether a user has fewer messages in the queue than an equal share of `max` messages: one more may then wait
  /// even if so many do, so that no user keeps the others out. The shares get smaller with each user, and the queue
  /// holds at most `max` × (1 + 1/2 + 1/3 + …) messages.
  func hasShare(for user: UserID, of max: Int) -> Bool {
    let counts = turns.reduce(into: [user: 0]) { $0[$1.request.user, default: 0] += 1 }
    return counts[user, default: 0] < max / counts.count
  }

  subscript(id: Int) -> WaitingTurn? {
    get { turns.first { $0.id == id } }
    set {
      guard let index = turns.firstIndex(where: { $0.id == id }) else { return }
      if let newValue { turns[index] = newValue } else { turns.remove(at: index) }
    }
  }

  mutating func append(_ turn: WaitingTurn) { turns.append(turn) }

  /// Inserts turns before all others.
  mutating func prepend(_ more: [WaitingTurn]) { turns.insert(contentsOf: more, at: 0) }

  mutating func remove(where matches: (WaitingTurn) -> Bool) -> [WaitingTurn] {
    let removed = turns.filter(matches)
    turns.removeAll(where: matches)
    return removed
  }

  mutating func removeAll() -> [WaitingTurn] {
    defer { turns = [] }
    return turns
  }

  /// Removes and returns a turn that begins now.
  mutating func begin(_ id: Int) -> WaitingTurn? {
    guard let index = turns.firstIndex(where: { $0.id == id }) else { return nil }
    lastUser = turns[index].request.user
    return turns.remove(at: index)
  }

  /// Makes an interrupting message the next one, and removes and returns earlier ones that had interrupted too.
  mutating func interrupt(with id: Int) -> [WaitingTurn] {
    guard let index = turns.firstIndex(where: { $0.id == id }) else { return [] }
    var newest = turns[index]
    newest.isNext = true
    let earlier = turns[..<index].filter { $0.isStored && $0.request.busy.mode == .interrupt }
    turns.removeAll { turn in turn.id == id || earlier.contains { $0.id == turn.id } }
    turns.insert(newest, at: 0)
    return earlier
  }

  /// The turns that may begin now, the best first: the next one, then the first of each other user, in case there is no
  /// slot for those before them. Empty if the next one is not ready.
  var candidates: [WaitingTurn] {
    guard let index = Self.nextIndex(in: turns, after: lastUser), turns[index].isReady else { return [] }
    let next = turns[index]
    guard !next.isNext else { return [next] }
    var users: Set = [next.request.user]
    return [next] + turns.filter { users.insert($0.request.user).inserted && $0.isReady }
  }

  /// Returns the position of a message, 1 for the next one, or `nil` if it does not wait.
  func position(of claim: Claim) -> Int? {
    inOrder.firstIndex { $0.request.claim == claim }.map { $0 + 1 }
  }

  /// Returns the positions of those of the messages that wait.
  func positions(of claims: some Sequence<Claim>) -> [Claim: Int] {
    let wanted = Set(claims)
    let ordered = inOrder.enumerated().filter { wanted.contains($1.request.claim) }
    return Dictionary(ordered.map { ($1.request.claim, $0 + 1) }) { first, _ in first }
  }

  /// The turns in the order in which they will be answered if no others come.
  private var inOrder: [WaitingTurn] {
    var left = turns
    var last = lastUser
    var ordered: [WaitingTurn] = []
    while let index = Self.nextIndex(in: left, after: last) {
      let next = left.remove(at: index)
      last = next.request.user
      ordered.append(next)
    }
    return ordered
  }

  private static func nextIndex(in turns: [WaitingTurn], after lastUser: UserID?) -> Int? {
    if let first = turns.first, first.isNext { return 0 }
    return turns.firstIndex { $0.request.user != lastUser } ?? turns.indices.first
  }
}
