import AgentSessions
import FoundationEssentials
import Journal
import Logging
import MattermostIO
import RuleEngine
import Vocabulary

/// Takes in what the server says: makes an event of it, decides it, claims it, and hands it on.
actor Intake {
  private let decoder: EventDecoder
  private var actions: Actions
  private let journal: Journal?
  private let observe: @Sendable (Event, Decision) async -> Void
  private let logger: Logger
  private var channels: ChannelBook
  private var recent = RecentPosts()
  private var gate = RateGate()

  init(
    decoder: EventDecoder, actions: Actions, channels: ChannelBook, journal: Journal?,
    observe: @escaping @Sendable (Event, Decision) async -> Void, logger: Logger
  ) {
    self.decoder = decoder
    self.actions = actions
    self.channels = channels
    self.journal = journal
    self.observe = observe
    self.logger = logger
  }

  /// Decides by other rules from the next event on.
  func use(_ rules: CompiledRules) { actions.rules = rules }

  /// Takes in one event of the socket, and returns when it is with whoever works on it.
  func take(_ said: ServerEvent) async {
    switch said {
    case .posted(let posted): await take(posted)
    case .postEdited(let post): await take(edited: post)
    case .hello, .postDeleted, .userAdded, .userRemoved, .channelChanged, .statusReply, .other: break
    }
  }

  private func take(_ posted: PostedEvent) async {
    let event = decoder.event(of: posted, joined: await hasJoined(posted.post.rootID))
    channels.note(event.channel, team: event.team)
    recent.note(event)
    // Who answers the bot in a thread under what it said in the channel is in a thread with it, too.
    if event.author == .own { await join(event.thread.root ?? event.post) }
    await decide(event)
  }

  private func take(edited post: Post) async {
    // The bot's own answers change again and again while they grow.
    guard post.userID != decoder.bot.id else { return }
    guard let place = await place(of: post) else { return }
    let known = recent[post.id]
    let userName = if let known { known.userName } else { await userName(post.userID) }
    let event = decoder.event(
      ofEdited: post, in: place.channel, team: place.team, userName: userName,
      earlier: known?.mention, joined: await hasJoined(post.rootID))
    recent.note(event)
    await decide(event)
  }

  private func hasJoined(_ root: String) async -> Bool {
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

  private func decide(_ event: Event) async {
    // Other rules may come while the store is asked: an event is decided and acted on under the same ones.
    let actions = actions
    let decision = actions.rules.decide(event)
    await observe(event, decision)
    await journal?.record(event, decision, by: actions.rules.ruleSet)
    log(decision, event, actions.rules.ruleSet.rules)
    if case .silent = decision.outcome { return }
    do {
      guard try await actions.store.claim(event.claim) else {
        logger.debug("taken in before", metadata: ["post": "\(event.post)"])
        return
      }
    } catch {
      logger.error("post not claimed, so not answered", metadata: ["post": "\(event.post)", "reason": "\(error)"])
      // Without a claim it might be answered twice; but whoever waits must know that nothing comes.
      guard event.author == .human else { return }
      return await actions.perform(.say(Template(CommandTexts.rejected(.store(error)))), rule: nil, for: event)
    }
    await actions.perform(permitted(decision, event, actions.rules), rule: decision.rule, for: event)
  }

  /// The outcome, unless the rule's `limit` is used up. Only people are told: to tell a program could begin a loop.
  private func permitted(_ decision: Decision, _ event: Event, _ rules: CompiledRules) -> Outcome {
    guard let index = decision.rule, decision.outcome.asksAgent(rules) else { return decision.outcome }
    let rule = rules.ruleSet.rules[index]
    guard
      let seconds = gate.pass(
        rule: rule, user: event.user.id, channel: event.channel.id, at: Int64(Date().timeIntervalSince1970 * 1_000))
    else { return decision.outcome }
    logger.info("limit reached", metadata: ["rule": "\(rule.name)", "user": "\(event.user.id)"])
    return event.author == .human ? .say(Template(CommandTexts.limited(seconds: seconds))) : .silent(.ignored)
  }

  private func log(_ decision: Decision, _ event: Event, _ rules: [Rule]) {
    var metadata: Logger.Metadata = ["post": "\(event.post)", "outcome": "\(decision.outcome.name)"]
    if let rule = decision.rule { metadata["rule"] = "\(rules[rule].name)" }
    if !decision.shadows.isEmpty { metadata["shadows"] = "\(decision.shadows.map { rules[$0].name })" }
    logger.log(level: decision.shadows.isEmpty ? .debug : .info, "decided", metadata: metadata)
  }

  private func userName(_ id: String) async -> String {
    do throws(MattermostError) {
      return try await actions.poster.client.users(ids: [id]).first?.username ?? id
    } catch {
      logger.warning("user not found", metadata: ["user": "\(id)", "reason": "\(error)"])
      return id
    }
  }

  /// The channel that an edited post stands in: known from the start or from an earlier post, else asked for.
  private func place(of post: Post) async -> ChannelBook.Entry? {
    if let known = channels[post.channelID] { return known }
    do throws(MattermostError) {
      let channel = try await actions.poster.client.channel(post.channelID)
      channels.note(channel.channel, team: channel.teamID)
    } catch {
      logger.warning("edit skipped", metadata: ["post": "\(post.id)", "reason": "\(error)"])
    }
    return channels[post.channelID]
  }
}
