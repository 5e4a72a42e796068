import AgentSessions
import FoundationEssentials
import Journal
import Logging
import MattermostIO
import RuleEngine
import Vocabulary

/// Takes in what the server says: makes an event of it, decides it, claims it, and hands it on.
actor Intake {
  let decoder: EventDecoder
  var actions: Actions
  let journal: Journal?
  let observe: @Sendable (Event, Decision) async -> Void
  let logger: Logger

  // The extensions in this folder share what follows.
  var channels: ChannelBook
  var cursors: Cursors
  var recent = RecentPosts()
  var gate = RateGate()
  /// Claims of an earlier gateway whose posts could not be asked for yet.
  var owed: [String] = []
  /// When a gateway first ran with this store: what was written before is nobody's to answer.
  let beganAt: Date
  /// What the rules' names stand for.
  var directory: Directory
  /// Counts what the socket brought.
  private(set) var heard = 0

  init(
    decoder: EventDecoder, actions: Actions, directory: Directory, channels: ChannelBook, cursors: Cursors,
    beganAt: Date, journal: Journal?, observe: @escaping @Sendable (Event, Decision) async -> Void, logger: Logger
  ) {
    self.decoder = decoder
    self.actions = actions
    self.directory = directory
    self.channels = channels
    self.cursors = cursors
    self.beganAt = beganAt
    self.journal = journal
    self.observe = observe
    self.logger = logger
  }

  /// Decides by other rules from the next event on.
  func use(_ rules: ReadyRules) {
    actions.rules = rules.compiled
    directory = rules.directory
  }

  /// What the rules say about posts that come late or from programs.
  var policy: IntakePolicy { actions.rules.ruleSet.intake }

  /// Takes in one event of the socket, and returns when it is with whoever works on it.
  func take(_ said: ServerEvent) async {
    heard += 1
    switch said {
    case .posted(let posted):
      if recent.meet(posted.post.id) { await take(posted) }
      cursors.note(posted.post)
    case .postEdited(let post):
      if recent.meet("\(post.id)@\(post.updateAt)") { await take(edited: post) }
    case .postDeleted(let post): await actions.withdraw(post.id, from: recent[post.id]?.session)
    case .userAdded(decoder.bot.id, let channel), .channelChanged(let channel): await look(at: channel)
    case .userRemoved(decoder.bot.id, let channel): forget(channel)
    case .teamJoined(decoder.bot.id, _): await lookAtTeams()
    case .hello, .userAdded, .userRemoved, .teamJoined, .userUpdated, .teamUpdated, .statusReply, .other: break
    }
  }

  /// Takes in a new post.
  ///
  /// - Parameter isTooLate: whether it may not be answered any more.
  /// - Returns: what it would have been answered as, where it is not answered for that reason.
  @discardableResult
  func take(_ posted: PostedEvent, isTooLate: Bool = false) async -> LateMessage? {
    let event = decoder.event(of: posted, joined: await hasJoined(posted.post.rootID))
    channels.note(event.channel, team: event.team)
    recent.note(event)
    // Who answers the bot in a thread under what it said in the channel is in a thread with it, too.
    if event.author == .own { await join(event.thread.root ?? event.post) }
    return await decide(event, isTooLate: isTooLate)
  }

  private func take(edited post: Post) async {
    // The bot's own answers change again and again while they grow.
    guard post.userID != decoder.bot.id else { return }
    let place: ChannelBook.Entry
    do throws(MattermostError) {
      place = try await self.place(of: post)
    } catch {
      logger.warning("edit skipped", metadata: ["post": "\(post.id)", "reason": "\(error)"])
      return
    }
    let known = recent[post.id]
    let userName = if let known { known.userName } else { await userName(post.userID) }
    let event = decoder.event(
      ofEdited: post, in: place.channel, team: place.team, userName: userName,
      earlier: known?.mention, joined: await hasJoined(post.rootID))
    recent.note(event)
    await decide(event)
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
      try await actions.store.joinThread(root)
    } catch {
      logger.error("thread not noted", metadata: ["root": "\(root)", "reason": "\(error)"])
    }
  }

  func userName(_ id: String) async -> String {
    do throws(MattermostError) {
      return try await actions.poster.client.users(ids: [id]).first?.username ?? id
    } catch {
      logger.warning("user not found", metadata: ["user": "\(id)", "reason": "\(error)"])
      return id
    }
  }

  /// The channel that a post stands in: known from the start or from an earlier post, else asked for.
  func place(of post: Post) async throws(MattermostError) -> ChannelBook.Entry {
    if let known = channels[post.channelID] { return known }
    let record = try await actions.poster.client.channel(post.channelID)
    channels.note(record.channel, team: record.teamID)
    return ChannelBook.Entry(channel: record.channel, team: record.teamID)
  }
}
