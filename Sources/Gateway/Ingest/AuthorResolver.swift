import ConfigLoader
import Core
import Logging
import MattermostIO
import ServerLookup
import Sessions

/// Holds events back until the accounts of their authors are known.
///
/// An account is looked up only for events that can have an effect. Their posts are claimed first. While the server
/// does not answer, they wait in the store and hold up no others.
final class AuthorResolver {
  private let accounts: AccountDirectory
  private let builder: EventBuilder
  private let decider: Decider
  private let recent: RecentPosts
  private let unfinished: UnfinishedPosts
  private let client: MattermostClient
  private let logger: Logger
  /// The events in their order.
  private var waiting: [WaitingEvent] = []
  /// The look-up that is running, which the first event waits for.
  private var lookup: WakeableSleep?
  /// Starts a look-up.
  private let start = WakeableSleep()

  private struct WaitingEvent {
    var event: Event
    /// Otherwise only the author's name is missing, for the journal.
    let canMatter: Bool
    var isClaimed = false
  }

  init(
    accounts: AccountDirectory, builder: EventBuilder, decider: Decider, recent: RecentPosts,
    unfinished: UnfinishedPosts, client: MattermostClient, logger: Logger
  ) {
    self.accounts = accounts
    self.builder = builder
    self.decider = decider
    self.recent = recent
    self.unfinished = unfinished
    self.client = client
    self.logger = logger
  }

  /// Decides an event, at once if its author's account is known or does not matter.
  func decide(_ event: Event) async {
    if let account = accounts[event.user.id], !waiting.contains(where: { $0.event.user.id == account.id }) {
      await decider.decide(event.written(by: account))
    } else if decider.mayMatter(event) {
      await hold(WaitingEvent(event: event, canMatter: true))
    } else if event.author == .webhook {
      // Its frame has the name that the webhook chose; the journal needs the account's.
      await hold(WaitingEvent(event: event, canMatter: false))
    } else {
      await decider.decide(event)
    }
  }

  /// Claims an event and holds it back. The first one delays the events after it, to keep their order, but only
  /// briefly.
  private func hold(_ new: WaitingEvent) async {
    var new = new
    if new.canMatter {
      switch await decider.claim(new.event) {
      case .success(true): new.isClaimed = true
      case .success(false): return
      case .failure(let error) where error.leavesPostUnread: return decider.leaveUnread(new.event, because: error)
      case .failure(let error):
        // It is claimed again when it is decided. If that fails, too, a reply says so.
        logger.error("post not claimed", metadata: new.event.logged(["reason": "\(error)"]))
      }
    }
    guard waiting.count < Limits.unattributedEventsMax else { return await giveUp([new]) }
    waiting.append(new)
    guard lookup == nil else { return }
    let end = WakeableSleep()
    lookup = end
    start.wake()
    await end.sleep(for: Limits.accountWait)
  }

  /// Looks up the authors of events that are held back, until the task is cancelled. The events that are left then are
  /// claimed in the store, for the next start.
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
        await decider.decide(next.event.written(by: account), next.isClaimed ? .claimed : .new)
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

  /// Leaves claimed posts to the next pass of the backfill, which repeats until the server answers. Events without an
  /// effect are decided without their authors' names.
  private func giveUp(_ events: [WaitingEvent]) async {
    unfinished.add(events.filter(\.canMatter).map(\.event.claim))
    for event in events where event.canMatter { await decider.record(.delayed, ofUndecided: event.event) }
    for event in events where !event.canMatter { await decider.decide(event.event) }
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
    for event in dropped where event.canMatter {
      await decider.record(.stopped(.deletion), ofUndecided: event.event)
      await decider.dispatcher.finish(event.event.claim)
    }
  }
}
