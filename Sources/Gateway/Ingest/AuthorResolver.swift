import ConfigLoader
import Core
import Logging
import MattermostIO
import ServerLookup
import Sessions

/// Holds events back until the accounts of their authors are known.
///
/// An account is looked up only for events that can have an effect. Their posts are claimed first, unless other gateways
/// come first in their conversations. While the server does not answer, they wait in the store, or unread, and hold up no
/// others.
final class AuthorResolver {
  private let accounts: AccountDirectory
  private let builder: EventBuilder
  private let decider: Decider
  private let recent: RecentPosts
  private let progress: ReadProgress
  private let gate: TakeoverGate
  private let undecided: UndecidedClaims
  private let client: MattermostClient
  private let logger: Logger
  /// The events in their order.
  private var waiting: [WaitingEvent] = []
  /// The one that is being decided.
  private var current: WaitingEvent?
  /// The look-up that is running, which the first event waits for.
  private var lookup: WakeableSleep?
  /// Starts a look-up.
  private let start = WakeableSleep()

  private struct WaitingEvent {
    var event: Event
    let deferral: Decider.Deferral?
    var state: State
    /// The round of the cursors in which it came.
    let round: Int

    enum State: Equatable {
      /// It has no effect: only the author's name is missing, for the journal.
      case silent
      case claimed(in: SessionKey)
      /// The store did not take the claim.
      case failed
      /// Other gateways come first.
      case unclaimed
    }

    /// True if no other gateway decides it.
    var isOurs: Bool {
      switch state {
      case .claimed, .failed: true
      case .silent, .unclaimed: false
      }
    }
  }

  init(
    accounts: AccountDirectory, builder: EventBuilder, decider: Decider, recent: RecentPosts, progress: ReadProgress,
    gate: TakeoverGate, undecided: UndecidedClaims, client: MattermostClient, logger: Logger
  ) {
    self.accounts = accounts
    self.builder = builder
    self.decider = decider
    self.recent = recent
    self.progress = progress
    self.gate = gate
    self.undecided = undecided
    self.client = client
    self.logger = logger
  }

  /// The round of the cursors in which the oldest event came that is not claimed; `nil` if there is none.
  var oldestRound: Int? {
    let rounds = waiting.lazy.filter { $0.state == .unclaimed }.map(\.round)
    return [current?.round, rounds.min()].compactMap(\.self).min()
  }

  /// Decides an event, at once if its author's account is known or does not matter.
  ///
  /// - Parameter deferral: the result of deferring it; `nil` if it was not deferred yet.
  func decide(_ event: Event, after deferral: Decider.Deferral? = nil) async {
    if let account = accounts[event.user.id], !waiting.contains(where: { $0.event.user.id == account.id }) {
      await decider.decide(event.written(by: account), after: deferral)
      return
    }
    let sessions = decider.possibleSessions(of: event)
    if let session = sessions.first {
      let isLeft = deferral == nil && sessions.contains { decider.delay(of: event, in: $0) != nil }
      guard let state = isLeft ? .unclaimed : await claim(event, of: session) else { return }
      await hold(WaitingEvent(event: event, deferral: deferral, state: state, round: progress.round))
    } else if event.author == .webhook {
      // Its frame has the name that the webhook chose; the journal needs the account's.
      await hold(WaitingEvent(event: event, deferral: deferral, state: .silent, round: progress.round))
    } else {
      await decider.decide(event, after: deferral)
    }
  }

  /// Claims an event; returns `nil` if that ends it here.
  private func claim(_ event: Event, of session: SessionKey) async -> WaitingEvent.State? {
    switch await decider.claim(event, of: session) {
    case .success(.new): return .claimed(in: session)
    case .success(.known), .success(.elsewhere): return nil
    case .failure(let error) where error.leavesPostUnread:
      decider.leaveUnread(event, because: "\(error)")
      return nil
    case .failure(let error):
      // It is claimed again when it is decided. If that fails, too, a reply says so.
      logger.error("post not claimed", metadata: event.logged(["reason": "\(error)"]))
      return .failed
    }
  }

  /// Holds an event back. The first one delays the events after it, to keep their order, but only briefly.
  private func hold(_ new: WaitingEvent) async {
    guard waiting.count < Limits.unattributedEventsMax else { return await giveUp([new]) }
    waiting.append(new)
    guard lookup == nil else { return }
    let end = WakeableSleep()
    lookup = end
    start.wake()
    await end.sleep(for: Limits.accountWait)
  }

  /// Looks up the authors of events that are held back, until the task is cancelled. The events that are left then are
  /// claimed in the store, or unread, for the next start.
  func run() async {
    while !Task.isCancelled {
      await start.sleep(for: nil)
      while !waiting.isEmpty, !Task.isCancelled { await lookUp() }
      lookup?.wake()
      lookup = nil
    }
  }

  private func lookUp() async {
    let ids = Set(waiting.prefix(Limits.namesPerRequest).map(\.event.user.id))
    do throws(MattermostError) {
      let found = try await client.users(ids: ids.sorted())
      let known = Dictionary(found.map { ($0.id, $0) }) { first, _ in first }
      // The accounts are cached only when these events are decided, so that later events of the same authors come after
      // them. The bound keeps an author who posts without a pause from holding up the others.
      for _ in 0..<Limits.unattributedEventsMax where !Task.isCancelled {
        guard let index = waiting.firstIndex(where: { ids.contains($0.event.user.id) }) else { break }
        let next = waiting.remove(at: index)
        let account = known[next.event.user.id] ?? .unknown(next.event.user.id)
        current = next
        // The event that waits for this look-up may be behind the gate.
        if gate.isClosed { lookup?.wake() }
        await gate.enter()
        await decide(next, by: account)
        gate.leave()
        current = nil
      }
      for account in found { accounts.insert(account) }
    } catch {
      if !Task.isCancelled {
        logger.warning(
          "the authors of posts cannot be looked up; the posts wait",
          metadata: ["posts": .stringConvertible(waiting.count), "reason": "\(error)"])
      }
      let left = waiting
      waiting = []
      await giveUp(left)
    }
  }

  private func decide(_ waiting: WaitingEvent, by account: UserRecord) async {
    let arrival: Decider.Arrival = if case .claimed(let session) = waiting.state { .claimed(in: session) } else { .new }
    await decider.decide(waiting.event.written(by: account), arrival, after: waiting.deferral)
  }

  /// Leaves posts to the next pass of the backfill, which repeats until the server answers. Events without an effect are
  /// decided without their authors' names.
  private func giveUp(_ events: [WaitingEvent]) async {
    let mine = events.filter(\.isOurs)
    undecided.add(mine.map(\.event.claim))
    for event in mine { await decider.record(.delayed, ofUndecided: event.event) }
    for event in events {
      switch event.state {
      case .claimed, .failed: break
      case .unclaimed: decider.leaveUnread(event.event, because: "its author is not known")
      case .silent: await decider.decide(event.event)
      }
    }
  }

  /// Replaces a post that is held back by its edited version; false if it is not held back.
  func update(_ post: Post, in location: EventBuilder.Location, joined: Bool) -> Bool {
    guard let index = waiting.firstIndex(where: { $0.event.post == post.id && !$0.event.isEdit }) else { return false }
    waiting[index].event = builder.event(
      of: waiting[index].event.claim, as: post, in: location, by: .unknown(post.userID), joined: joined)
    recent.record(waiting[index].event)
    return true
  }

  /// Drops a deleted post, and the posts in its thread.
  func drop(_ post: PostID) async {
    let dropped = waiting.filter { $0.event.post == post || $0.event.thread.root == post }
    waiting.removeAll { $0.event.post == post || $0.event.thread.root == post }
    for event in dropped where event.isOurs {
      await decider.record(.stopped(.deletion), ofUndecided: event.event)
      await decider.dispatcher.finish(event.event.claim)
    }
  }
}
