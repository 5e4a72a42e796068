import Core
import Foundation
import RuleEngine
import Synchronization

@testable import Gateway
@testable import Sessions

/// A store that another gateway seems to use, too: it comes first in all conversations, and claims what a test says.
final class SharedStore: SessionStore {
  private struct State {
    var delay: Duration
    /// The claims of the other gateway.
    var claims: Set<Claim> = []
    /// Its waiting messages.
    var messages: [PendingMessage] = []
    /// What it hands over.
    var takeover = Takeover()
    var takeoverPause: TestPause?
    var looksFail = false
    var looks = 0
    var isReady: [Bool] = []
    var rules: [String] = []
    var ownThreads: [PostID] = []
  }

  /// Holds up a takeover.
  final class TestPause: Sendable {
    let begun = WakeableSleep()
    let end = WakeableSleep()
  }

  private let store: any SessionStore
  private let state: Mutex<State>
  private let takeoverComes = WakeableSleep()

  init(_ store: any SessionStore, delay: Duration) {
    self.store = store
    state = Mutex(State(delay: delay))
  }

  // MARK: What the other gateway does

  /// Leaves posts to this gateway for so long from now on.
  func use(delay: Duration) { state.withLock { $0.delay = delay } }

  func claimElsewhere(_ claim: Claim) { state.withLock { _ = $0.claims.insert(claim) } }

  func waitElsewhere(_ message: PendingMessage) { state.withLock { $0.messages.append(message) } }

  func handOver(_ takeover: Takeover, with pause: TestPause? = nil) {
    state.withLock { state in
      (state.takeover, state.takeoverPause) = (takeover, pause)
      for case .claimed(let claim) in takeover.posts { state.claims.remove(claim) }
    }
    takeoverComes.wake()
  }

  func failLooks(_ fail: Bool) { state.withLock { $0.looksFail = fail } }

  /// The number of times that this gateway looked for claims of others.
  var looks: Int { state.withLock(\.looks) }
  var readiness: [Bool] { state.withLock(\.isReady) }
  var announcedRules: [String] { state.withLock(\.rules) }
  var ownThreads: [PostID] { state.withLock(\.ownThreads) }

  // MARK: The protocol

  var condition: StoreCondition { store.condition }
  var isHeld: Bool { store.isHeld }
  var obstacle: StoreError? { nil }
  var share: StoreShare? { nil }
  var instance: String? { "shared" }
  func setReady(_ isReady: Bool) { state.withLock { $0.isReady.append(isReady) } }
  func use(rules fingerprint: String) async throws(StoreError) { state.withLock { $0.rules.append(fingerprint) } }
  func run(checkingEvery interval: Duration) async -> StoreError? { await store.run(checkingEvery: interval) }
  func close() async { await store.close() }
  func waitForTakeover() async { await takeoverComes.sleep(for: nil) }

  func takeOver() async throws(StoreError) -> Takeover {
    var takeover = try await store.takeOver()
    let (more, pause) = state.withLock { state in
      defer { (state.takeover, state.takeoverPause) = (Takeover(), nil) }
      return (state.takeover, state.takeoverPause)
    }
    if let pause {
      pause.begun.wake()
      await pause.end.sleep(for: nil)
    }
    takeover.replies += more.replies
    takeover.posts += more.posts
    return takeover
  }

  func claimDelay(for session: SessionKey) -> Duration { state.withLock(\.delay) }

  func claim(_ claim: Claim, of session: SessionKey, at now: Date) async throws(StoreError) -> ClaimResult {
    if state.withLock({ $0.claims.contains(claim) }) { return .elsewhere }
    return try await store.claim(claim, of: session, at: now)
  }

  func claimed(_ claims: [Claim]) async throws(StoreError) -> Set<Claim> {
    let (elsewhere, fails) = state.withLock { state in
      state.looks += 1
      return (state.claims, state.looksFail)
    }
    if fails { throw StoreError(.unreachable, path: "shared", detail: "no answer") }
    return try await store.claimed(claims).union(claims.filter(elsewhere.contains))
  }

  func pending(of post: PostID) async throws(StoreError) -> [PendingMessage] {
    try await store.pending(of: post) + state.withLock { $0.messages.filter { $0.claim.post == post } }
  }

  func joinThread(_ root: PostID, at now: Date) async throws(StoreError) { try await store.joinThread(root, at: now) }

  func recordJoined(thread root: PostID, at now: Date) async throws(StoreError) {
    state.withLock { $0.ownThreads.append(root) }
    try await store.recordJoined(thread: root, at: now)
  }

  func hasJoined(thread root: PostID) async throws(StoreError) -> Bool { try await store.hasJoined(thread: root) }
  func forgetUnjoinedThreads() async { await store.forgetUnjoinedThreads() }
  func finish(_ claims: [Claim]) async throws(StoreError) { try await store.finish(claims) }
  func release(_ claim: Claim) async throws(StoreError) { try await store.release(claim) }

  func enqueue(
    _ claim: Claim, session: SessionKey, payload: String, root: PostID?, at now: Date
  ) async throws(StoreError) -> StoredTurn {
    try await store.enqueue(claim, session: session, payload: payload, root: root, at: now)
  }

  func correct(_ claim: Claim, payload: String) async throws(StoreError) {
    try await store.correct(claim, payload: payload)
  }

  func reopen(_ claim: Claim) async throws(StoreError) { try await store.reopen(claim) }
  func isBegun(_ claim: Claim) async throws(StoreError) -> Bool { try await store.isBegun(claim) }

  func setBegun(_ isBegun: Bool, _ claim: Claim) async throws(StoreError) {
    try await store.setBegun(isBegun, claim)
  }

  func begin(
    _ session: SessionKey, policy: SessionPolicy, readsHistory: Bool, leavingOut skipped: Int64?, at now: Date
  ) async throws(StoreError) -> TurnStart {
    try await store.begin(session, policy: policy, readsHistory: readsHistory, leavingOut: skipped, at: now)
  }

  func end(_ turn: TurnRecord, session: SessionKey, at now: Date) async throws(StoreError) {
    try await store.end(turn, session: session, at: now)
  }

  func renew(_ session: SessionKey, at now: Date) async throws(StoreError) -> Int64 {
    try await store.renew(session, at: now)
  }

  func generations() async throws(StoreError) -> [(key: SessionKey, generation: Int64)] {
    try await store.generations()
  }

  func lastExchange(of user: UserID, session: SessionKey) async throws(StoreError) -> PastExchange? {
    try await store.lastExchange(of: user, session: session)
  }

  func exchange(ofAny claims: [Claim], or id: Int64?, session: SessionKey) async throws(StoreError) -> PastExchange? {
    try await store.exchange(ofAny: claims, or: id, session: session)
  }

  func hasSeen(thread root: PostID, session: SessionKey) async throws(StoreError) -> Bool {
    try await store.hasSeen(thread: root, session: session)
  }

  func facts(of session: SessionKey) async throws(StoreError) -> SessionRow? { try await store.facts(of: session) }
  func usage(of session: SessionKey) async throws(StoreError) -> SessionUsage { try await store.usage(of: session) }
  func note(_ key: AgentNoteKey) async throws(StoreError) -> String? { try await store.note(key) }

  func setNote(_ text: String, _ key: AgentNoteKey) async throws(StoreError) { try await store.setNote(text, key) }

  func add(_ reply: Reply, payload: String, finishing claim: Claim?) async throws(StoreError) {
    try await store.add(reply, payload: payload, finishing: claim)
  }

  func add(_ reply: Reply, to claim: Claim, finishing others: [Claim]) async throws(StoreError) -> Bool {
    try await store.add(reply, to: claim, finishing: others)
  }

  func recordPosted(_ count: Int, of reply: ReplyID, thread root: PostID, at now: Date) async throws(StoreError) {
    try await store.recordPosted(count, of: reply, thread: root, at: now)
  }

  func removePosted(_ reply: ReplyID, thread root: PostID?, at now: Date) async throws(StoreError) {
    try await store.removePosted(reply, thread: root, at: now)
  }

  func remove(_ reply: ReplyID) async throws(StoreError) { try await store.remove(reply) }

  func sessions(of deletion: Deletion) async throws(StoreError) -> [SessionKey] {
    try await store.sessions(of: deletion)
  }

  func rememberedChannels() async throws(StoreError) -> Set<ChannelID> { try await store.rememberedChannels() }

  func exchanges(of deletion: Deletion, session: SessionKey) async throws(StoreError) -> SessionDeletion {
    try await store.exchanges(of: deletion, session: session)
  }

  func forget(_ deletion: Deletion, session: SessionKey) async throws(StoreError) {
    try await store.forget(deletion, session: session)
  }

  func endDeleted(
    _ turn: TurnRecord, over: [Claim], left: [TurnRequest], session: SessionKey, at now: Date
  ) async throws(StoreError) {
    try await store.endDeleted(turn, over: over, left: left, session: session, at: now)
  }

  func begin(with cursors: [ChannelID: ChannelCursor], at now: Date) async throws(StoreError) -> Date {
    try await store.begin(with: cursors, at: now)
  }

  func cursors() async throws(StoreError) -> [ChannelID: ChannelCursor] { try await store.cursors() }

  func update(_ cursors: [ChannelID: ChannelCursor], removing gone: Set<ChannelID>) async throws(StoreError) {
    try await store.update(cursors, removing: gone)
  }
}
