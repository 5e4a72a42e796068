import AgentSessions
import ConfigLoader
import Core
import FoundationEssentials
import Journal
import Logging
import MattermostIO
import RuleEngine

/// Takes in what the server says: makes an event of it, decides it, claims it, and hands it on.
actor Ingest {
  private(set) var decoder: EventDecoder
  var actions: Dispatcher
  let journal: Journal?
  let observe: @Sendable (Event, Decision) async -> Void
  let logger: Logger

  // The extensions in this folder share what follows.
  var channels: ChannelCache
  var cursors: ChannelCursors
  var recent = RecentPosts()
  var gate = RuleRateLimiter()
  /// From which moment on the changes of channels' posts are still to be read.
  var changesUnread: [String: Int64] = [:]
  /// From which moment on the deletions of posts are still to be read in channels that conversations remember, and the
  /// last gap for which that was looked up.
  var deletionsUnread: (moments: [String: Int64], gap: Int) = ([:], -1)
  var accounts = AccountCache()
  /// Events whose authors' accounts are being asked for, in the order in which they came.
  var anonymous: [UnattributedEvent] = []
  var lookingUp: Task<Void, Never>?
  /// Claims whose posts, or their authors, could not be asked for yet.
  var owed: [String] = []
  var takingUp: Task<Bool, Never>?
  /// What is rung where something is owed.
  let alarm: WakeableSleep
  let otherGateway: DuplicateGatewayDetector
  /// When a gateway first ran with this store, by the server's clock: what was written before is nobody's to answer.
  let beganAt: Date
  /// What the rules' names stand for.
  var names: PinnedNames
  let keeper: NameResolver
  /// Counts what the socket brought.
  private(set) var heard = 0

  init(
    decoder: EventDecoder, actions: Dispatcher, names: PinnedNames, keeper: NameResolver, channels: ChannelCache,
    cursors: ChannelCursors, alarm: WakeableSleep, otherGateway: DuplicateGatewayDetector,
    beganAt: Date, journal: Journal?, observe: @escaping @Sendable (Event, Decision) async -> Void, logger: Logger
  ) {
    self.decoder = decoder
    self.actions = actions
    self.names = names
    self.keeper = keeper
    self.channels = channels
    self.cursors = cursors
    self.alarm = alarm
    self.otherGateway = otherGateway
    self.beganAt = beganAt
    self.journal = journal
    self.observe = observe
    self.logger = logger
  }

  /// Decides by other rules from the next event on, and returns what the names in them stand for: what was met while
  /// they were made ready is not forgotten.
  func use(_ rules: ResolvedRules) -> PinnedNames {
    actions.rules = rules.compiled
    let known = rules.names.ids.meeting(names.ids.map { ($0.key, $0.value) }, for: rules.referenced)
    names = rules.names.ids
    take(over: known)
    return names
  }

  /// Has the names of the rules stand for what is known by now.
  func take(over known: PinnedNames) {
    guard known != names else { return }
    do throws(RuleSetError) {
      actions.rules = try CompiledRules(actions.rules.ruleSet, directory: known.directory)
      names = known
      logger.notice("names of the rules that were not known are known now")
    } catch {
      logger.error("names not taken over", metadata: ["reason": "\(error)"])
    }
  }

  /// What the rules say about posts that come late or from programs.
  var policy: IntakePolicy { actions.rules.ruleSet.intake }

  /// The time now by the server's clock, in milliseconds since 1970 (UTC).
  var now: Int64 { actions.poster.client.clock.milliseconds }

  /// Takes in one event of the socket, and returns when it is with whoever works on it.
  ///
  /// - Returns: false where it could not be taken in, so that it has to be read over REST.
  func take(_ said: ServerEvent) async -> Bool {
    heard += 1
    switch said {
    case .posted(let posted):
      if posted.post.userID == decoder.bot.id { await otherGateway.note(posted.post) }
      if recent.meet(posted.post.id) { await take(posted) }
      cursors.note(posted.post)
    case .postEdited(let post):
      guard await take(edited: post) else {
        lose()
        return false
      }
    case .postDeleted(let post): await take(deleted: post)
    // The bot offers emoji to choose from itself.
    case .reactionAdded(_, _, decoder.bot.id): break
    case .reactionAdded(let emoji, let post, let user):
      await takeAnswer(emoji, on: post, by: user)
    case .userAdded(decoder.bot.id, let channel), .channelChanged(let channel): await look(at: channel)
    case .userRemoved(decoder.bot.id, let channel): forget(channel)
    case .teamJoined(decoder.bot.id, _): await lookAtTeams()
    case .userUpdated(let id, let name, let isBot):
      let account = UserRecord(id: id, username: name, isBot: isBot)
      accounts.refresh(account)
      await know(own: account)
      await keeper.note([(PinnedNames.Key(role: .user, name: name), id)])
    case .teamUpdated(let id, let name): await keeper.note([(PinnedNames.Key(role: .team, name: name), id)])
    case .hello, .userAdded, .userRemoved, .teamJoined, .statusReply, .other: break
    }
    return true
  }

  /// Takes in what the bot's own account is now, as the server tells of any: from the next event on, it is called by that
  /// name.
  func know(own account: UserRecord) async {
    guard account.id == decoder.bot.id, account.username != decoder.bot.name, !account.username.isEmpty else { return }
    logger.notice("the bot has another name", metadata: ["was": "\(decoder.bot.name)", "is": "\(account.username)"])
    decoder.bot.name = account.username
    actions.poster.bot.name = account.username
  }

  /// Takes in a new post.
  ///
  /// - Parameter isTooLate: whether it may not be answered any more.
  /// - Returns: what it would have been answered as, where it is not answered for that reason.
  @discardableResult
  func take(_ posted: PostedEvent, isTooLate: Bool = false) async -> LateMessage? {
    var event = decoder.event(of: posted, joined: await hasJoined(posted.post.rootID))
    if let account = accounts[event.user.id] { event = event.written(by: account) }
    channels.note(event.channel, team: event.team)
    recent.note(event)
    // Who answers the bot in a thread under what it said in the channel is in a thread with it, too.
    if event.author == .own { await join(event.thread.root ?? event.post) }
    if isTooLate { return await decide(event, isTooLate: true) }
    await decideByAccount(event)
    return nil
  }

  /// Takes in a post that was edited; false where the server could not be asked for its place.
  func take(edited post: Post) async -> Bool {
    // The bot's own answers change again and again while they grow.
    guard post.userID != decoder.bot.id, !recent.hasMet(post.edit) else { return true }
    let place: ChannelCache.Entry
    let waiting: [(claim: String, key: SessionKey)]
    let author: UserRecord?
    do throws(MattermostError) {
      place = try await self.place(of: post)
      waiting = await self.waiting(post.id)
      author = waiting.isEmpty ? accounts[post.userID] : try await account(post.userID)
    } catch {
      logger.warning("edit not taken in", metadata: ["post": "\(post.id)", "reason": "\(error)"])
      // Whoever is not in a channel misses nothing in it.
      return error.isInaccessible
    }
    guard recent.meet(post.edit) else { return true }
    let known = recent[post.id]
    let joined = await hasJoined(post.rootID)
    if correctAnonymous(post, in: place, joined: joined) { return true }
    if let author, await correct(waiting, of: post, in: place, by: author, joined: joined) { return true }
    let earlier = if let known { known.mention } else { await mentionBeforeEdit(of: post) }
    var event = decoder.event(
      ofEdited: post, in: place.channel, team: place.team, userName: known?.userName ?? post.userID, earlier: earlier,
      joined: joined)
    if let author { event = event.written(by: author) }
    recent.note(event)
    await decideByAccount(event)
    return true
  }

  func hasJoined(_ root: String) async -> Bool {
    guard !root.isEmpty else { return false }
    do {
      return try await actions.store.hasJoined(thread: root)
    } catch {
      logger.error("thread not looked up", metadata: ["root": "\(root)", "reason": "\(error)"])
      return false
    }
  }

  private func join(_ root: String) async {
    do {
      try await actions.store.joinThread(root, at: actions.poster.client.clock.now)
    } catch {
      logger.error("thread not noted", metadata: ["root": "\(root)", "reason": "\(error)"])
    }
  }

  /// The channel that a post stands in: known from the start or from an earlier post, else asked for.
  func place(of post: Post) async throws(MattermostError) -> ChannelCache.Entry {
    if let known = channels[post.channelID] { return known }
    let record = try await actions.poster.client.channel(post.channelID)
    channels.note(record.channel, team: record.teamID)
    return ChannelCache.Entry(channel: record.channel, team: record.teamID)
  }
}
