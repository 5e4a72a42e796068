import ConfigLoader
import Core
import FoundationEssentials
import Journal
import Logging
import MattermostIO
import RuleEngine
import ServerLookup
import Sessions

/// The first stage of a post's way: makes events of the server's frames, decides them, and passes them to
/// `Dispatcher`.
///
/// The parts are classes without locks. They run on this actor, and each has its own state:
///
///     posts ──▶ EventBuilder ──▶ AuthorResolver ──▶ Decider ──▶ Dispatcher
///     posts left to other gateways: Decider ──▶ DeferredPosts ──▶ AuthorResolver
///     edits of waiting messages ──▶ Corrections ──────▲
///     claims taken over ──▶ UnfinishedPosts ──────────▲
actor Ingest {
  private let builder: EventBuilder
  private let accounts: AccountDirectory
  private let authors: AuthorResolver
  private let decider: Decider
  private let corrections: Corrections
  private let deferred: DeferredPosts
  private let requestsElsewhere: RequestsElsewhere
  private let unfinished: UnfinishedPosts
  private let gate: TakeoverGate
  private let memberships: MembershipTracker
  private let progress: ReadProgress
  private let recent: RecentPosts
  private let threads: RecentThreads
  private let metrics: GatewayMetrics?
  private let resolver: NameResolver
  private let duplicates: DuplicateGatewayDetector
  private let client: MattermostClient
  private let store: any SessionStore
  private let logger: Logger
  /// The number of events that the socket has delivered.
  private(set) var received = 0

  /// - Parameters:
  ///   - beganAt: When a gateway first ran with this store, by the server's clock. Older posts are not answered.
  ///   - wakeUp: Starts a pass of the backfill.
  ///   - observe: Called with each event and its decision, before anything is done about it.
  init(
    rules: ResolvedRules, dispatcher: Dispatcher, botLoopGuard: BotLoopGuard, client: MattermostClient,
    store: any SessionStore, cursors: [ChannelID: ChannelCursor], beganAt: Date, outcomes: OutcomeLog,
    resolver: NameResolver, duplicates: DuplicateGatewayDetector, wakeUp: WakeableSleep,
    observe: @escaping @Sendable (Event, Decision) async -> Void, logger: Logger
  ) {
    metrics = outcomes.metrics
    accounts = dispatcher.accounts
    threads = dispatcher.threads
    recent = RecentPosts()
    builder = EventBuilder(
      rules.context, client: client, store: store, accounts: accounts, recent: recent, logger: logger)
    progress = ReadProgress(cursors: cursors, beganAt: beganAt, store: store, logger: logger)
    deferred = DeferredPosts(builder: builder, recent: recent, progress: progress, store: store, logger: logger)
    requestsElsewhere = RequestsElsewhere()
    gate = TakeoverGate()
    let undecided = UndecidedClaims(wakeUp: wakeUp)
    decider = Decider(
      dispatcher: dispatcher, botLoopGuard: botLoopGuard, accounts: accounts, recent: recent, progress: progress,
      deferred: deferred, undecided: undecided, requestsElsewhere: requestsElsewhere, wakeUp: wakeUp, store: store,
      clock: client.clock,
      outcomes: outcomes, observe: observe, logger: logger)
    corrections = Corrections(
      builder: builder, decider: decider, recent: recent, store: store, outcomes: outcomes, logger: logger)
    unfinished = UnfinishedPosts(
      builder: builder, corrections: corrections, decider: decider, recent: recent, deferred: deferred, client: client,
      store: store, outcomes: outcomes, undecided: undecided, logger: logger)
    authors = AuthorResolver(
      accounts: accounts, builder: builder, decider: decider, recent: recent, progress: progress, gate: gate,
      undecided: undecided, client: client, logger: logger)
    memberships = MembershipTracker(
      builder: builder, decider: decider, progress: progress, names: rules.names.ids, resolver: resolver,
      journal: outcomes.journal, client: client, logger: logger)
    metrics?.use(rules.compiled)
    self.resolver = resolver
    self.duplicates = duplicates
    self.client = client
    self.store = store
    self.logger = logger
  }

  var policy: IntakePolicy { decider.policy }

  /// Puts rules into force from the next event on, and returns the ids of their names.
  func activate(_ rules: ResolvedRules) -> PinnedNames {
    metrics?.use(rules.compiled)
    return memberships.activate(rules)
  }

  /// Looks up the authors of events until the task is cancelled.
  func resolveAuthors() async { await authors.run() }

  // MARK: Other gateways

  /// Continues with what an earlier gateway, or another one, has left to this one.
  func takeOver() async throws(StoreError) {
    guard try await resumeTakeover().isOfOthers else { return }
    // The gateway that ended may not have applied the last deletions.
    let dispatcher = decider.dispatcher
    for post in dispatcher.deletedPosts.posts(since: .now - Limits.deletionRepeatTime) {
      await dispatcher.withdraw(.message(post), from: [])
    }
  }

  /// Takes over. Meanwhile no other post is processed.
  private func resumeTakeover() async throws(StoreError) -> Takeover {
    await gate.close()
    defer { gate.open() }
    let takeover = try await store.takeOver()
    for reply in takeover.replies { await decider.dispatcher.resume(reply) }
    await unfinished.resume(takeover.posts)
    return takeover
  }

  /// Takes over whenever there may be something to take over, until the task is cancelled.
  func runTakeovers() async {
    var isDone = true
    while !Task.isCancelled {
      if isDone { await store.waitForTakeover() } else { try? await Task.sleep(for: Limits.deferredRetryPause) }
      if Task.isCancelled { return }
      do throws(StoreError) {
        try await takeOver()
        isDone = true
      } catch {
        logger.warning("not taken over yet; trying again", metadata: ["reason": "\(error)"])
        isDone = false
      }
    }
  }

  /// Decides the posts that were left to other gateways and that none of them has claimed, until the task is cancelled.
  func decideDeferred() async {
    while !Task.isCancelled {
      await deferred.waitUntilOverdue()
      var late: [ChannelID: [LateMessage]] = [:]
      while !Task.isCancelled, deferred.hasOverdue {
        // First, because edits of the post that is being decided wait behind the gate.
        await gate.enter()
        if let post = deferred.next() {
          if let message = await decide(post) { late[post.event.channel.id, default: []].append(message) }
          deferred.done()
        }
        gate.leave()
      }
      for messages in late.values { await reportLate(messages[messages.count - 1], count: messages.count) }
    }
  }

  private func decide(_ post: DeferredPost) async -> LateMessage? {
    if post.arrival == .late { return await decider.decide(post.event, .late, after: post.deferral) }
    await authors.decide(post.event, after: post.deferral)
    return nil
  }

  // MARK: Events of the socket

  /// Processes an event, and returns when its message is with its session.
  ///
  /// - Returns: False if it could not be processed and has to be read over REST.
  func receive(_ event: ServerEvent) async -> Bool {
    await gate.enter()
    defer { gate.leave() }
    received += 1
    metrics?.recordEvent()
    let bot = builder.bot.id
    switch event {
    case .posted(let posted):
      if posted.post.userID == bot { await duplicates.check(posted.post) }
      if recent.insert(posted.post.claim) {
        threads.record(posted.post, isLive: true)
        await receive(posted, from: .socket)
      }
      progress.record(posted.post)
    case .postEdited(let post):
      threads.update(post)
      guard await receive(edited: post) else {
        await recordGap()
        return false
      }
    case .postDeleted(let post): await receive(deleted: post)
    // The bot's own emoji offer the answers to a permission request.
    case .reactionAdded(_, _, bot): break
    case .reactionAdded(let emoji, let post, let user): await decider.receive(emoji: emoji, on: post, by: user)
    case .userAdded(bot, let channel), .channelChanged(let channel): await memberships.updateChannel(channel)
    case .userRemoved(bot, let channel):
      progress.forget(channel)
      await forgetThreads()
    case .teamJoined(bot, _): await memberships.updateTeams()
    case .userUpdated(let id, let name, let isBot):
      let account = UserRecord(id: id, username: name, isBot: isBot)
      accounts.update(account)
      updateBot(account)
      await resolver.record(current: [(PinnedNames.Key(role: .user, name: name), id.rawValue)])
    case .teamUpdated(let id, let name):
      await resolver.record(current: [(PinnedNames.Key(role: .team, name: name), id.rawValue)])
    case .hello, .userAdded, .userRemoved, .teamJoined, .statusReply, .other: break
    }
    return true
  }

  /// Updates the bot's name if the account is the bot's.
  func updateBot(_ account: UserRecord) {
    var bot = builder.bot
    guard account.id == bot.id, account.username != bot.name, !account.username.isEmpty else { return }
    logger.notice("the bot was renamed", metadata: ["before": "\(bot.name)", "now": "\(account.username)"])
    bot.name = account.username
    builder.bot = bot
    decider.use(bot)
  }

  private func receive(_ posted: PostedEvent, from source: PostSource) async {
    await authors.decide(await event(of: posted, from: source))
  }

  /// Makes an event of a new post, counts it, and joins its thread if necessary.
  private func event(of posted: PostedEvent, from source: PostSource) async -> Event {
    let event = await builder.event(of: posted)
    metrics?.recordPost(by: event.author, in: event.channel.kind, from: source)
    if event.author == .own { await recordOwn(posted.post) }
    return event
  }

  /// Records the threads that the bot posts in: replies to it there reach it, even if it posted outside of the thread
  /// first. Records the permission requests of other gateways.
  private func recordOwn(_ post: Post) async {
    let isOfStore = !post.props.mark.isEmpty && post.props.instance == duplicates.instance
    if isOfStore, store.instance != nil { requestsElsewhere.record(post, own: decider.dispatcher.permissions) }
    let root = post.rootID ?? post.id
    do {
      if isOfStore {
        try await store.recordJoined(thread: root, at: client.clock.now)
      } else {
        try await store.joinThread(root, at: client.clock.now)
      }
    } catch {
      logger.error("thread not recorded", metadata: ["root": "\(root)", "reason": "\(error)"])
    }
  }

  /// Processes an edit; false if the channel or the account could not be fetched.
  private func receive(edited post: Post) async -> Bool {
    // The bot edits its own posts while an answer grows, and to show the outcome of a permission request.
    if post.userID == builder.bot.id { requestsElsewhere.remove(post.id) }
    guard post.userID != builder.bot.id, !recent.hasSeen(post.edit) else { return true }
    await deferred.waitUntilDecided(post.id)
    let location: EventBuilder.Location
    let waiting: [Corrections.WaitingMessage]
    let author: UserRecord?
    do throws(MattermostError) {
      location = try await builder.location(of: post)
      waiting = await corrections.waitingMessages(of: post.id)
      author =
        waiting.allSatisfy(\.isElsewhere) ? accounts[post.userID] : try await accounts.account(post.userID)
    } catch {
      logger.warning("edit not processed", metadata: ["post": "\(post.id)", "reason": "\(error)"])
      // In a channel that the bot is not in, nothing is missed.
      return error.isInaccessible
    }
    guard recent.insert(post.edit) else { return true }
    if waiting.contains(where: \.isElsewhere) { unfinished.recordEditElsewhere(of: post.id) }
    let joined = await builder.hasJoined(post.rootID)
    if authors.update(post, in: location, joined: joined) { return true }
    if deferred.update(post, in: location, by: author, joined: joined) { return true }
    let known = author ?? .unknown(post.userID)
    if await corrections.apply(post, to: waiting, in: location, by: known, joined: joined) { return true }
    let earlier = if let known = recent[post.id] { known.mention } else { await mentionBeforeEdit(of: post) }
    await authors.decide(builder.event(ofEdited: post, in: location, earlier: earlier, by: author, joined: joined))
    // If it could not be claimed, it is not known any more.
    return recent.hasSeen(post.edit)
  }

  /// Returns the mention in an unknown post before its edit. If there had been one, the post was claimed. For older
  /// posts, and those from before the first start, that is not known: `nil`, which makes no mention a new one.
  private func mentionBeforeEdit(of post: Post) async -> Mention? {
    guard post.createAt >= max(oldestAnswered, progress.beganAt) else { return nil }
    do throws(StoreError) {
      return try await store.claimed([post.claim]).isEmpty ? Mention.none : nil
    } catch {
      logger.error("claim of an edited post not looked up", metadata: ["post": "\(post.id)", "reason": "\(error)"])
      return nil
    }
  }

  /// Processes the deletion of a post, and with it of its thread, for which the server sends no events.
  private func receive(deleted post: Post) async {
    decider.dispatcher.deletedPosts.insert(post.id)
    threads.remove(post)
    deferred.drop(post.id)
    await authors.drop(post.id)
    await decider.dispatcher.withdraw(.message(post.id), from: recent.sessions(of: post.id))
    guard post.userID == builder.bot.id else { return }
    requestsElsewhere.remove(post.id)
    await decider.dispatcher.withdrawAnswer(marked: post.props.mark)
  }

  // MARK: Backfill

  /// The number of the latest gap.
  var gap: Int { progress.gap }

  /// True if posts may be missing, or claimed ones are not decided yet.
  var isBehind: Bool { progress.hasGap || !unfinished.isEmpty }

  /// Records that posts, and updates of accounts, may be missing from now on.
  func recordGap() async {
    progress.recordGap()
    accounts.removeAll()
    await forgetThreads()
  }

  /// Forgets the threads, because posts in them may be missed from now on.
  func forgetThreads() async {
    threads.removeAll()
    await store.forgetUnjoinedThreads()
  }

  /// Decides the claimed posts that are left, and returns whether none is left then.
  func retryUnfinished() async -> Bool {
    await gate.enter()
    defer { gate.leave() }
    return await unfinished.retry()
  }

  /// Returns accounts, without those that the server does not know.
  func accounts(of ids: [UserID]) async throws(MattermostError) -> [UserRecord] { try await accounts.accounts(of: ids) }

  func updateMemberships(_ channels: [ChannelRecord]) async { await memberships.update(all: channels) }

  /// Returns the channels with unread posts, and where to begin.
  func unread(among channels: [ChannelRecord], in gap: Int) -> [ChannelID: ChannelCursor] {
    progress.unread(among: channels, in: gap, oldest: oldestAnswered)
  }

  func unreadChanges(among channels: [ChannelRecord]) async -> [ChannelID: UnreadChanges] {
    await progress.unreadChanges(among: channels, oldest: oldestAnswered)
  }

  /// Returns the channels with a post that the event socket has not delivered.
  func undelivered(among channels: [ChannelRecord]) -> [ChannelRecord] { progress.undelivered(among: channels) }

  /// Processes posts of a channel that were read over REST, oldest first.
  ///
  /// - Returns: How many were unknown, those of them that are too old to be answered, and whether all could be claimed
  ///   that had to be.
  func receive(
    missed posts: [PostedEvent], from source: PostSource
  ) async -> (count: Int, late: [LateMessage], isComplete: Bool) {
    await gate.enter()
    defer { gate.leave() }
    var count = 0
    var late: [LateMessage] = []
    let oldest = oldestAnswered
    for posted in posts {
      if recent.insert(posted.post.claim) {
        count += 1
        threads.record(posted.post, isLive: false)
        // The post has its edited text.
        _ = recent.insert(posted.post.edit)
        metrics?.recordEvent()
        if posted.post.createAt >= oldest {
          await receive(posted, from: source)
        } else if let message = await receive(late: posted, from: source) {
          late.append(message)
        }
        // It could not be claimed.
        guard recent.hasSeen(posted.post.claim) else { return (count, late, false) }
      }
      progress.recordRead(posted.post)
    }
    return (count, late, true)
  }

  private func receive(late posted: PostedEvent, from source: PostSource) async -> LateMessage? {
    await decider.decide(await event(of: posted, from: source), .late)
  }

  /// Says in a direct channel that messages were too old to be answered. In other channels it would only disturb.
  func reportLate(_ newest: LateMessage, count: Int) async {
    guard newest.event.channel.kind == .direct, newest.event.author == .human else { return }
    await decider.dispatcher.reportLate(newest.event, newest.rule, count: count)
  }

  /// Processes the posts of one channel that were edited after a time; false if one could not be processed.
  func receive(edited posts: [Post], since moment: Int64) async -> Bool {
    await gate.enter()
    defer { gate.leave() }
    var isComplete = true
    for post in posts.sorted(by: { $0.updateAt < $1.updateAt }) where post.editAt > moment {
      if await !receive(edited: post) { isComplete = false }
    }
    return isComplete
  }

  func receive(deleted posts: [Post]) async {
    await gate.enter()
    defer { gate.leave() }
    for post in posts { await receive(deleted: post) }
  }

  func settle(_ channel: ChannelRecord, in gap: Int) { progress.settle(channel, in: gap) }
  func settleAll(in gap: Int) { progress.settleAll(in: gap) }
  func settleChanges(in channel: ChannelRecord) { progress.settleChanges(in: channel) }

  /// Stores the cursors, none of them beyond a post that is not claimed yet.
  func saveCursors(isLast: Bool = false) async {
    let rounds = [deferred.oldestRound, authors.oldestRound].compactMap(\.self)
    await progress.save(isLast: isLast, unclaimedSince: rounds.min())
  }

  private var oldestAnswered: Int64 { decider.oldestAnswered }
}
