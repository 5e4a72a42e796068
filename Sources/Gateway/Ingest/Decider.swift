import Agents
import ConfigLoader
import Core
import FoundationEssentials
import Journal
import Logging
import MattermostIO
import RuleEngine
import Sessions
import Tracing

/// Decides events, claims their posts, and dispatches the outcomes.
///
/// A post is claimed before anything is done about it, so that it is answered once.
final class Decider {
  /// Has the rules in force.
  private(set) var dispatcher: Dispatcher
  private var rateLimiter = RuleRateLimiter()
  private let botLoopGuard: BotLoopGuard
  private let accounts: AccountDirectory
  private let recent: RecentPosts
  private let progress: ReadProgress
  /// Starts a pass of the backfill.
  private let wakeUp: WakeableSleep
  private let store: any SessionStore
  private let clock: ServerClock
  private let outcomes: OutcomeLog
  private let observe: @Sendable (Event, Decision) async -> Void
  private let logger: Logger

  init(
    dispatcher: Dispatcher, botLoopGuard: BotLoopGuard, accounts: AccountDirectory, recent: RecentPosts,
    progress: ReadProgress, wakeUp: WakeableSleep, store: any SessionStore, clock: ServerClock, outcomes: OutcomeLog,
    observe: @escaping @Sendable (Event, Decision) async -> Void, logger: Logger
  ) {
    self.dispatcher = dispatcher
    self.botLoopGuard = botLoopGuard
    self.accounts = accounts
    self.recent = recent
    self.progress = progress
    self.wakeUp = wakeUp
    self.store = store
    self.clock = clock
    self.outcomes = outcomes
    self.observe = observe
    self.logger = logger
  }

  /// The way in which an event came.
  enum Arrival {
    case new
    /// New, but its post is too old to be answered.
    case late
    /// Its post is claimed already, by this or an earlier gateway.
    case claimed
    /// Its message waited for an answer and was edited meanwhile; its author knows that it was accepted.
    case edited
  }

  var rules: CompiledRules { dispatcher.rules }

  /// The rules about late posts, programs and files.
  var policy: IntakePolicy { rules.ruleSet.intake }

  /// Decides by other rules from the next event on.
  func use(_ rules: CompiledRules) { dispatcher.rules = rules }

  func use(_ bot: BotIdentity) { dispatcher.bot = bot }

  /// Decides an event, claims its post, and dispatches the outcome.
  ///
  /// - Returns: The message, if it is not answered only because it is late.
  @discardableResult
  func decide(_ event: Event, _ arrival: Arrival = .new) async -> LateMessage? {
    // The rules may change during an `await`: an event is decided and dispatched under the same ones.
    let dispatcher = dispatcher
    if await answersPermissionRequest(event, arrival, dispatcher) { return nil }
    let isTimed = outcomes.metrics != nil || dispatcher.tracer.isOn
    let start = isTimed ? ContinuousClock.now : nil
    let decision = dispatcher.rules.decide(event)
    let decided = start.map { $0 ..< .now }
    if let decided { outcomes.metrics?.recordDecideTime(decided.upperBound - decided.lowerBound) }
    let mustClaim = !decision.isSilent && (arrival == .new || arrival == .late)
    let claim = mustClaim ? await self.claim(event) : .success(true)
    guard (try? claim.get()) != false else { return nil }
    if case .failure(let error) = claim, error.leavesPostUnread {
      leaveUnread(event, because: error)
      return nil
    }
    await record(decision, of: event, dispatcher)
    if arrival == .edited, !decision.outcome.asksAgent(dispatcher.rules) {
      dispatcher.reactions.end(event.post)
    }
    if case .failure(let error) = claim {
      await reject(event, because: error, dispatcher)
    } else if decision.isSilent {
      if arrival == .claimed || arrival == .edited { await release(event) }
    } else if arrival == .late {
      logger.warning("too late for an answer", metadata: event.logged)
      outcomes.record(.dropped(.tooLate), of: event.claim)
      await dispatcher.finish(event.claim)
      return LateMessage(event: event, rule: decision.rule.map { dispatcher.rules.ruleSet.rules[$0] })
    } else {
      let span = dispatcher.tracer.startPost(
        event, decision, decided, rule: decision.rule.map { dispatcher.rules.ruleSet.rules[$0].name })
      await Span.$current.withValue(span) {
        await carryOut(decision, of: event, isNew: arrival != .edited, dispatcher)
      }
      span?.end()
    }
    return nil
  }

  private func carryOut(_ decision: Decision, of event: Event, isNew: Bool, _ dispatcher: Dispatcher) async {
    let resolved = await dispatcher.resolved(decision.outcome, rule: decision.rule, for: event)
    let outcome = await limited(resolved, rule: decision.rule, event, dispatcher)
    if let session = outcome.session(of: event, dispatcher.rules, rule: decision.rule) {
      recent.record(session, of: event.post)
    }
    await dispatcher.perform(outcome, rule: decision.rule, for: event, isNew: isNew)
  }

  /// Returns whether an event can have an effect for any author that it may turn out to have. If not, the account need
  /// not be looked up.
  func mayMatter(_ event: Event) -> Bool {
    let authors: [Author] =
      switch event.author {
      case .own, .system: []
      case .human, .bot: [.human, .bot]
      case .webhook, .plugin: [event.author]
      }
    var event = event
    for author in authors {
      event.author = author
      if dispatcher.mayAnswerPermission(event) || !rules.decide(event).isSilent { return true }
    }
    return false
  }

  /// Claims the post of an event; false if it was claimed before.
  func claim(_ event: Event) async -> Result<Bool, StoreError> {
    do throws(StoreError) {
      let isNew = try await store.claim(event.claim, at: clock.now)
      if !isNew { logger.debug("already claimed", metadata: ["post": "\(event.post)"]) }
      return .success(isNew)
    } catch {
      return .failure(error)
    }
  }

  /// Leaves a post that could not be claimed to the next pass of the backfill, of this gateway or of the one that takes
  /// over: the cursor of its channel does not move past it.
  func leaveUnread(_ event: Event, because error: StoreError) {
    logger.warning("post not claimed yet; it is read again", metadata: event.logged(["reason": "\(error)"]))
    recent.remove(event.claim)
    let isFirst = !progress.hasGap
    progress.recordGap()
    // A pass that fails again is repeated after its pause.
    if isFirst { wakeUp.wake() }
  }

  /// Records a decision in the journal and the log.
  func record(_ decision: Decision, of event: Event, _ dispatcher: Dispatcher) async {
    await observe(event, decision)
    outcomes.metrics?.record(decision, by: dispatcher.rules)
    await outcomes.record(
      event, decision, by: dispatcher.rules, claim: decision.isSilent ? nil : event.claim.text)
    logger.log(
      level: decision.shadows.isEmpty ? .debug : .info, "decided",
      metadata: decision.logged(of: event, dispatcher.rules.ruleSet.rules))
  }

  /// Records an event whose decision is postponed, as its post says who the author is.
  func record(_ outcome: EventOutcome, ofUndecided event: Event) async {
    await outcomes.record(event, rules.decide(event), by: rules, claim: event.claim.text)
    outcomes.record(outcome, of: event.claim)
  }

  /// Releases the claim of a post that turned out to be no message: an edit may make it one.
  private func release(_ event: Event) async {
    do throws(StoreError) {
      try await store.release(event.claim)
    } catch {
      logger.error("claim not released", metadata: event.logged(["reason": "\(error)"]))
    }
  }

  private func reject(_ event: Event, because error: StoreError, _ dispatcher: Dispatcher) async {
    logger.error("post not claimed, so not answered", metadata: event.logged(["reason": "\(error)"]))
    outcomes.record(.dropped(.store), of: event.claim)
    // Without a claim it might be answered twice; but its author must know that no answer comes.
    guard event.author == .human else { return }
    await dispatcher.perform(.say(Template(DispatchTexts.rejected(.store(error)))), rule: nil, for: event)
  }

  // MARK: Limits

  /// Returns the outcome, unless the rule's `limit` or the limit for programs is reached. Only people are told, because
  /// a reply to a program could begin a loop.
  private func limited(
    _ outcome: Outcome, rule index: Int?, _ event: Event, _ dispatcher: Dispatcher
  ) async -> Outcome {
    let now = clock.milliseconds
    if event.author != .human, await !mayAnswer(event, dispatcher, at: now) {
      let seconds = await botLoopGuard.pause(in: event.channel.id, at: now)
      outcomes.record(.limited(.bots, seconds: seconds), of: event.claim)
      return .silent(.ignored)
    }
    guard let index, outcome.asksAgent(dispatcher.rules) else { return outcome }
    let rule = dispatcher.rules.ruleSet.rules[index]
    guard let seconds = rateLimiter.admit(rule: rule, user: event.user.id, channel: event.channel.id, at: now)
    else { return outcome }
    outcomes.record(.limited(.rule, seconds: seconds), of: event.claim)
    logger.info("limit reached", metadata: event.logged(["rule": "\(rule.name)"]))
    return event.author == .human ? .say(Template(DispatchTexts.limited(seconds: seconds))) : .silent(.ignored)
  }

  /// Returns whether one more post of a bot, webhook or plugin is answered in its channel.
  private func mayAnswer(_ event: Event, _ dispatcher: Dispatcher, at now: Int64) async -> Bool {
    let rate = dispatcher.rules.ruleSet.intake.bots
    switch await botLoopGuard.admit(in: event.channel.id, rate, at: now) {
    case .answer: return true
    case .paused: return false
    case .pauseBegins:
      logger.warning(
        "too many posts by programs were answered; pausing",
        metadata: event.logged([
          "limit": "\(rate.count) in \(rate.seconds) s", "for": .stringConvertible(Duration.seconds(rate.seconds)),
        ]))
      return false
    }
  }

  // MARK: Permission requests

  /// Answers an agent's permission request if a post is meant for it; the rules then do not decide the post. Its claim
  /// keeps it from being decided after a restart.
  private func answersPermissionRequest(
    _ event: Event, _ arrival: Arrival, _ dispatcher: Dispatcher
  ) async -> Bool {
    guard let reading = await dispatcher.permissionReading(of: event),
      let name = await person(event.user.id, dispatcher)
    else { return false }
    if arrival == .new || arrival == .late {
      switch await claim(event) {
      case .success(true): break
      case .success(false): return true
      case .failure(let error) where error.leavesPostUnread:
        leaveUnread(event, because: error)
        return true
      case .failure(let error):
        logger.error("answer to a permission request not claimed", metadata: event.logged(["reason": "\(error)"]))
      }
    }
    await outcomes.record(event, nil, by: dispatcher.rules, claim: event.claim.text)
    outcomes.record(await dispatcher.answerPermission(reading, by: name, on: event.post), of: event.claim)
    await dispatcher.finish(event.claim)
    return true
  }

  /// Answers an agent's permission request if an emoji is meant for it.
  func receive(emoji: String, on post: PostID, by user: UserID) async {
    let dispatcher = dispatcher
    guard let reading = dispatcher.permissionReading(ofEmoji: emoji, on: post, by: user),
      let name = await person(user, dispatcher)
    else { return }
    _ = await dispatcher.answerPermission(reading, by: name, on: post, reaction: user)
  }

  /// Returns the name of a user who is a person with access, or `nil`.
  private func person(_ user: UserID, _ dispatcher: Dispatcher) async -> String? {
    guard dispatcher.rules.allows(user: user) else { return nil }
    do throws(MattermostError) {
      let account = try await accounts.account(user)
      return account.isBot ? nil : account.username
    } catch {
      logger.warning(
        "the user who answered a permission request is not known",
        metadata: ["user": "\(user)", "reason": "\(error)"])
      return nil
    }
  }
}

/// A message that is too old to be answered.
struct LateMessage: Sendable {
  let event: Event
  /// The rule that would have answered it.
  let rule: Rule?
}

extension Decision {
  fileprivate var isSilent: Bool { if case .silent = outcome { true } else { false } }

  fileprivate func logged(of event: Event, _ rules: [Rule]) -> Logger.Metadata {
    var metadata = event.logged(["outcome": "\(outcome.name)"])
    if let rule { metadata["rule"] = "\(rules[rule].name)" }
    if !shadows.isEmpty { metadata["shadows"] = "\(shadows.map { rules[$0].name })" }
    return metadata
  }
}

extension Outcome {
  /// The name in the log, without anything from the chat.
  fileprivate var name: String {
    switch self {
    case .silent(let why): "silent: \(why.rawValue)"
    case .ask(let agent): "ask \(agent)"
    case .say: "say"
    case .deny: "deny"
    case .run: "run command"
    case .refuse: "refuse command"
    case .hint: "hint"
    }
  }

  /// Returns whether an agent is asked, which a rule's `limit` counts.
  fileprivate func asksAgent(_ rules: CompiledRules) -> Bool {
    switch self {
    case .ask: true
    case .run(let command, _):
      switch rules.ruleSet.commands.bindings[command].action {
      case .prompt, .builtin(.retry): true
      case .builtin, .say: false
      }
    case .silent, .say, .deny, .refuse, .hint: false
    }
  }

  /// The conversation in which an agent is asked, or `nil` if none is.
  fileprivate func session(of event: Event, _ rules: CompiledRules, rule: Int?) -> SessionKey? {
    guard let rule, asksAgent(rules) else { return nil }
    return SessionKey(rules.ruleSet.rules[rule].session.scope, of: event)
  }
}
