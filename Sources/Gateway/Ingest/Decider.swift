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
/// A post is claimed before anything is done about it, so that it is answered once. It is deferred if other gateways come
/// first in its conversation.
final class Decider {
  /// Has the rules in force.
  private(set) var dispatcher: Dispatcher
  private var rateLimiter = RuleRateLimiter()
  private let botLoopGuard: BotLoopGuard
  private let accounts: AccountDirectory
  private let recent: RecentPosts
  private let progress: ReadProgress
  private let deferred: DeferredPosts
  private let undecided: UndecidedClaims
  private let requestsElsewhere: RequestsElsewhere
  /// Starts a pass of the backfill.
  private let wakeUp: WakeableSleep
  private let store: any SessionStore
  private let clock: ServerClock
  private let outcomes: OutcomeLog
  private let observe: @Sendable (Event, Decision) async -> Void
  private let logger: Logger

  init(
    dispatcher: Dispatcher, botLoopGuard: BotLoopGuard, accounts: AccountDirectory, recent: RecentPosts,
    progress: ReadProgress, deferred: DeferredPosts, undecided: UndecidedClaims, requestsElsewhere: RequestsElsewhere,
    wakeUp: WakeableSleep,
    store: any SessionStore, clock: ServerClock, outcomes: OutcomeLog,
    observe: @escaping @Sendable (Event, Decision) async -> Void, logger: Logger
  ) {
    self.dispatcher = dispatcher
    self.botLoopGuard = botLoopGuard
    self.accounts = accounts
    self.recent = recent
    self.progress = progress
    self.deferred = deferred
    self.undecided = undecided
    self.requestsElsewhere = requestsElsewhere
    self.wakeUp = wakeUp
    self.store = store
    self.clock = clock
    self.outcomes = outcomes
    self.observe = observe
    self.logger = logger
  }

  /// The way in which an event came.
  enum Arrival: Equatable {
    case new
    /// New, but its post is too old to be answered.
    case late
    /// Its post is claimed already, for this gateway in this conversation. It may have become too old to be answered.
    case claimed(in: SessionKey, isLate: Bool = false)
    /// Its message waited for an answer and was edited meanwhile; its author knows that it was accepted.
    case edited

    var isLate: Bool {
      switch self {
      case .late, .claimed(_, isLate: true): true
      case .new, .claimed, .edited: false
      }
    }

    /// True if its post is this gateway's already.
    var isClaimed: Bool {
      switch self {
      case .claimed, .edited: true
      case .new, .late: false
      }
    }
  }

  /// The result of counting an event that was deferred.
  struct Deferral {
    /// The limit that it exceeds; `nil` if it exceeds none.
    var exceeded: EventOutcome?
  }

  var rules: CompiledRules { dispatcher.rules }

  /// The rules about late posts, programs and files.
  var policy: IntakePolicy { rules.ruleSet.intake }

  /// The time of the oldest post that is answered, by the server's clock, in milliseconds. Older claims may be forgotten.
  var oldestAnswered: Int64 {
    clock.milliseconds - Int64(min(policy.maxAgeSeconds, Claim.heldSeconds)) * 1_000
  }

  /// Decides by other rules from the next event on.
  func use(_ rules: CompiledRules) { dispatcher.rules = rules }

  func use(_ bot: BotIdentity) { dispatcher.bot = bot }

  /// Decides an event, claims its post, and dispatches the outcome.
  ///
  /// - Parameter deferral: the result of deferring it; `nil` if it was not deferred yet.
  /// - Returns: The message, if it is not answered only because it is late.
  @discardableResult
  func decide(_ event: Event, _ arrival: Arrival = .new, after deferral: Deferral? = nil) async -> LateMessage? {
    // The rules may change during an `await`: an event is decided and dispatched under the same ones.
    let dispatcher = dispatcher
    if await answersPermissionRequest(event, arrival, dispatcher) { return nil }
    let isTimed = outcomes.metrics != nil || dispatcher.tracer.isOn
    let start = isTimed ? ContinuousClock.now : nil
    let decision = dispatcher.rules.decide(event)
    let decided = start.map { $0 ..< .now }
    if let decided { outcomes.metrics?.recordDecideTime(decided.upperBound - decided.lowerBound) }
    var claim = Result<ClaimResult, StoreError>.success(.new)
    if !decision.isSilent {
      let session = session(of: event, decision, dispatcher.rules)
      switch arrival {
      case .new, .late:
        if deferral == nil, let delay = delay(of: event, in: session) {
          await deferPost(event, arrival, decision, in: session, for: delay, dispatcher)
          return nil
        }
        claim = await self.claim(event, of: session)
      case .claimed(let claimed, _) where claimed == session: break
      // As it is now, by its author and the rules, it may be for a conversation that another gateway holds.
      case .claimed, .edited: claim = await self.claim(event, of: session)
      }
    }
    switch (claim, arrival) {
    case (.success(.new), _), (.success(.known), .claimed), (.success(.known), .edited): break
    case (.success(.elsewhere), .new):
      if deferral == nil {
        let exceeded = await count(decision.outcome, rule: decision.rule, event, dispatcher)
        deferred.recordCount(Deferral(exceeded: exceeded), of: event.claim)
      }
      return nil
    case (.success, _): return nil
    case (.failure, .claimed):
      undecided.putBack([event.claim])
      return nil
    case (.failure, .edited):
      undecided.add([event.claim])
      return nil
    case (.failure(let error), _) where error.leavesPostUnread:
      leaveUnread(event, because: "\(error)")
      return nil
    case (.failure, _): break
    }
    await record(decision, of: event, dispatcher)
    if arrival == .edited, !decision.outcome.asksAgent(dispatcher.rules) {
      dispatcher.reactions.end(event.post)
    }
    if case .failure(let error) = claim {
      await reject(event, because: error, dispatcher)
    } else if decision.isSilent {
      if arrival.isClaimed { await release(event) }
    } else if arrival.isLate {
      logger.warning("too late for an answer", metadata: event.logged)
      outcomes.record(.dropped(.tooLate), of: event.claim)
      await dispatcher.finish(event.claim)
      return LateMessage(event: event, rule: decision.rule.map { dispatcher.rules.ruleSet.rules[$0] })
    } else {
      let span = dispatcher.tracer.startPost(
        event, decision, decided, rule: decision.rule.map { dispatcher.rules.ruleSet.rules[$0].name })
      await Span.$current.withValue(span) {
        await carryOut(decision, of: event, isNew: arrival != .edited, after: deferral, dispatcher)
      }
      span?.end()
    }
    return nil
  }

  private func carryOut(
    _ decision: Decision, of event: Event, isNew: Bool, after deferral: Deferral?, _ dispatcher: Dispatcher
  ) async {
    var outcome = await dispatcher.resolved(decision.outcome, rule: decision.rule, for: event)
    let exceeded =
      if let deferral { deferral.exceeded } else { await count(outcome, rule: decision.rule, event, dispatcher) }
    if let exceeded { outcome = limited(by: exceeded, event) }
    if let session = outcome.session(of: event, dispatcher.rules, rule: decision.rule) {
      recent.record(session, of: event.post)
    }
    await dispatcher.perform(outcome, rule: decision.rule, for: event, isNew: isNew)
  }

  /// Returns the conversations of an event, for the authors that it may turn out to have and for which it has an effect.
  /// If there are none, the account need not be looked up.
  func possibleSessions(of event: Event) -> [SessionKey] {
    let authors: [Author] =
      switch event.author {
      case .own, .system: []
      case .human, .bot: [.human, .bot]
      case .webhook, .plugin: [event.author]
      }
    var event = event
    var sessions: [SessionKey] = []
    for author in authors {
      event.author = author
      if let session = dispatcher.sessionOfPermission(answeredBy: event) { return [session] }
      let decision = rules.decide(event)
      if !decision.isSilent { sessions.append(session(of: event, decision, rules)) }
    }
    return sessions
  }

  /// Returns the conversation in which an event is claimed.
  func session(of event: Event) -> SessionKey {
    dispatcher.sessionOfPermission(answeredBy: event) ?? session(of: event, rules.decide(event), rules)
  }

  private func session(of event: Event, _ decision: Decision, _ rules: CompiledRules) -> SessionKey {
    guard let rule = decision.rule else { return .channel(event.channel.id) }
    return SessionKey(rules.ruleSet.rules[rule].session.scope, of: event)
  }

  /// Claims the post of an event.
  func claim(_ event: Event, of session: SessionKey) async -> Result<ClaimResult, StoreError> {
    do throws(StoreError) {
      let result = try await store.claim(event.claim, of: session, at: clock.now)
      switch result {
      case .new: break
      case .known: logger.debug("already claimed", metadata: ["post": "\(event.post)"])
      case .elsewhere: logger.debug("claimed for another gateway", metadata: ["post": "\(event.post)"])
      }
      return .success(result)
    } catch {
      return .failure(error)
    }
  }

  /// Leaves a post that could not be claimed to the next pass of the backfill, of this gateway or of another one: the
  /// cursor of its channel does not move past it.
  func leaveUnread(_ event: Event, because reason: String) {
    logger.warning("post not claimed yet; it is read again", metadata: event.logged(["reason": "\(reason)"]))
    recent.remove(event.claim)
    let isFirst = !progress.hasGap
    progress.rewind()
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

  // MARK: Other gateways

  /// Returns the time for which an event is left to other gateways that come first in its conversation, or `nil` if it is
  /// claimed at once.
  func delay(of event: Event, in session: SessionKey) -> Duration? {
    let delay = max(
      store.claimDelay(for: session), mayAnswerElsewhere(event) ? Limits.requestDelay : .zero)
    return delay > .zero || deferred.contains(session) ? delay : nil
  }

  private func mayAnswerElsewhere(_ event: Event) -> Bool {
    requestsElsewhere.mayBeAnswered(by: event, under: rules.ruleSet)
  }

  /// Leaves an event to other gateways for some time. It is counted now, because each gateway counts all events: if other
  /// gateways claim it, this one hears no more of it.
  private func deferPost(
    _ event: Event, _ arrival: Arrival, _ decision: Decision, in session: SessionKey, for delay: Duration,
    _ dispatcher: Dispatcher
  ) async {
    guard !deferred.isFull else { return leaveUnread(event, because: "too many posts are left to other gateways") }
    var deferral = Deferral()
    if arrival == .new {
      let outcome = await dispatcher.resolved(decision.outcome, rule: decision.rule, for: event)
      deferral.exceeded = await count(outcome, rule: decision.rule, event, dispatcher)
    }
    deferred.add(event, arrival, in: session, for: delay, isHeldUp: mayAnswerElsewhere(event), deferral)
  }

  // MARK: Limits

  /// Counts an event that is going to be answered. Returns the limit that it exceeds, a rule's `limit` or that for
  /// programs, or `nil` if it exceeds none.
  private func count(
    _ outcome: Outcome, rule index: Int?, _ event: Event, _ dispatcher: Dispatcher
  ) async -> EventOutcome? {
    let now = clock.milliseconds
    if event.author != .human, await !mayAnswer(event, dispatcher, at: now) {
      return .limited(.bots, seconds: await botLoopGuard.pause(in: event.channel.id, at: now))
    }
    guard let index, outcome.asksAgent(dispatcher.rules) else { return nil }
    let rule = dispatcher.rules.ruleSet.rules[index]
    guard let seconds = rateLimiter.admit(rule: rule, user: event.user.id, channel: event.channel.id, at: now)
    else { return nil }
    logger.info("limit reached", metadata: event.logged(["rule": "\(rule.name)"]))
    return .limited(.rule, seconds: seconds)
  }

  /// Returns the outcome of an event that exceeds a limit. Only people are told, because a reply to a program could begin
  /// a loop.
  private func limited(by limit: EventOutcome, _ event: Event) -> Outcome {
    outcomes.record(limit, of: event.claim)
    guard case .limited(.rule, let seconds?) = limit, event.author == .human else { return .silent(.ignored) }
    return .say(Template(DispatchTexts.limited(seconds: seconds)))
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
    if !arrival.isClaimed {
      let session = dispatcher.permissions.session(of: reading) ?? .channel(event.channel.id)
      switch await claim(event, of: session) {
      case .success(.new): break
      case .success(.known), .success(.elsewhere): return true
      case .failure(let error) where error.leavesPostUnread:
        leaveUnread(event, because: "\(error)")
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
