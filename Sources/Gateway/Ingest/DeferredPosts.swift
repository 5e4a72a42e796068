import Core
import Logging
import MattermostIO
import ServerLookup
import Sessions

/// Posts that this gateway leaves to other gateways for a moment, because those come first in their conversations.
///
/// When the time of a post is over and no other gateway has claimed it, it is decided again. Until then it is only in
/// memory, so that no cursor may be stored that is beyond it.
final class DeferredPosts {
  private let builder: EventBuilder
  private let recent: RecentPosts
  private let progress: ReadProgress
  private let store: any SessionStore
  private let logger: Logger
  /// The posts in the order in which they came.
  private var waiting: [DeferredPost] = []
  /// The one that is being decided.
  private var current: DeferredPost?
  /// Those who wait until it is decided.
  private var waiters: [CheckedContinuation<Void, Never>] = []
  /// The results of counting posts that other gateways claimed, which may be handed over to this one.
  private var counted = FIFOCache<Claim, Decider.Deferral>(keeping: Limits.deferredPostsMax)
  private let wakeUp = WakeableSleep()

  init(
    builder: EventBuilder, recent: RecentPosts, progress: ReadProgress, store: any SessionStore, logger: Logger
  ) {
    self.builder = builder
    self.recent = recent
    self.progress = progress
    self.store = store
    self.logger = logger
  }

  var isFull: Bool { waiting.count >= Limits.deferredPostsMax }

  /// The round of the cursors in which the oldest post came; `nil` if there is none.
  var oldestRound: Int? { [current?.round, waiting.lazy.map(\.round).min()].compactMap(\.self).min() }

  /// Returns whether a post of a conversation waits: later ones must not overtake it.
  func contains(_ session: SessionKey) -> Bool {
    current?.session == session || waiting.contains { $0.session == session }
  }

  /// Adds a post.
  ///
  /// - Parameters:
  ///   - delay: the time that is left to others.
  ///   - isHeldUp: whether the post waits even if its conversation has become this gateway's.
  func add(
    _ event: Event, _ arrival: Decider.Arrival, in session: SessionKey, for delay: Duration, isHeldUp: Bool,
    _ deferral: Decider.Deferral
  ) {
    recordCount(deferral, of: event.claim)
    logger.debug("left to other gateways", metadata: ["post": "\(event.claim)", "for": .stringConvertible(delay)])
    // Later ones are looked at soon enough.
    if waiting.isEmpty { wakeUp.wake() }
    waiting.append(
      DeferredPost(
        event: event, arrival: arrival, deferral: deferral, session: session, dueAt: .now + delay, isHeldUp: isHeldUp,
        round: progress.round))
  }

  /// Waits until the time of a post is over and no other gateway has claimed it, or the task is cancelled.
  func waitUntilOverdue() async {
    while !Task.isCancelled, !hasOverdue {
      let due = dueClaims
      if due.isEmpty {
        await wakeUp.sleep(for: timeToCheck)
      } else if await !lookUp(due) {
        try? await Task.sleep(for: Limits.deferredRetryPause)
      }
    }
  }

  /// The time until the next look, or `nil` if there is nothing to look at.
  private var timeToCheck: Duration? {
    let now = ContinuousClock.now
    let next = waiting.lazy.map { $0.dueAt - now }.filter { $0 > .zero }.min()
    return waiting.isEmpty ? nil : min(next ?? Limits.deferredCheckInterval, Limits.deferredCheckInterval)
  }

  /// The claims of the posts whose time is over, none of them before an earlier post of its conversation.
  private var dueClaims: [Claim] {
    let now = ContinuousClock.now
    var early: Set<SessionKey> = []
    var claims: [Claim] = []
    for post in waiting where !early.contains(post.session) {
      if post.dueAt <= now || !post.isHeldUp && store.claimDelay(for: post.session) == .zero {
        claims.append(post.event.claim)
      } else {
        early.insert(post.session)
      }
    }
    return claims
  }

  /// Drops those of some posts that other gateways have claimed, and marks the others as overdue. Returns false if that
  /// could not be looked up.
  private func lookUp(_ claims: [Claim]) async -> Bool {
    let claimed: Set<Claim>
    do throws(StoreError) {
      claimed = try await store.claimed(claims)
    } catch {
      logger.warning(
        "posts that were left to other gateways not looked up",
        metadata: ["posts": .stringConvertible(claims.count), "reason": "\(error)"])
      return false
    }
    let due = Set(claims)
    waiting.removeAll { claimed.contains($0.event.claim) }
    for index in waiting.indices where due.contains(waiting[index].event.claim) { waiting[index].isOverdue = true }
    return true
  }

  /// Removes and returns the next post that is overdue; `done()` follows when it is decided.
  func next() -> DeferredPost? {
    guard let index = waiting.firstIndex(where: \.isOverdue) else { return nil }
    current = waiting.remove(at: index)
    return current
  }

  func done() {
    current = nil
    for waiter in waiters { waiter.resume() }
    waiters = []
  }

  /// Returns when a post is not just being decided: then its message is with its session, or waits for another gateway.
  func waitUntilDecided(_ post: PostID) async {
    while current?.event.post == post { await withCheckedContinuation { waiters.append($0) } }
  }

  var hasOverdue: Bool { waiting.contains(where: \.isOverdue) }

  /// Replaces a post by its edited version; false if it does not wait.
  func update(_ post: Post, in location: EventBuilder.Location, by author: UserRecord?, joined: Bool) -> Bool {
    guard let index = waiting.firstIndex(where: { $0.event.post == post.id && !$0.event.isEdit }) else { return false }
    waiting[index].event = builder.event(
      of: waiting[index].event.claim, as: post, in: location, by: author ?? .unknown(post.userID), joined: joined)
    recent.record(waiting[index].event)
    return true
  }

  /// Removes a post that is this gateway's already, and returns the result of deferring it.
  func remove(_ claim: Claim) -> Decider.Deferral? {
    waiting.removeAll { $0.event.claim == claim }
    defer { counted.removeValue(forKey: claim) }
    return counted[claim]
  }

  /// Records the result of counting a post that another gateway may answer.
  func recordCount(_ deferral: Decider.Deferral, of claim: Claim) { counted[claim] = deferral }

  /// Drops a deleted post, and the posts in its thread.
  func drop(_ post: PostID) { waiting.removeAll { $0.event.post == post || $0.event.thread.root == post } }
}

/// A post that is left to other gateways.
struct DeferredPost: Sendable {
  var event: Event
  let arrival: Decider.Arrival
  let deferral: Decider.Deferral
  let session: SessionKey
  let dueAt: ContinuousClock.Instant
  let isHeldUp: Bool
  /// The round of the cursors in which it came.
  let round: Int
  /// True if its time is over, and no other gateway had claimed it then.
  var isOverdue = false
}
