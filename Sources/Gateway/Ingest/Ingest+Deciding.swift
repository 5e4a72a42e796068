import AgentSessions
import ConfigLoader
import Core
import FoundationEssentials
import Journal
import Logging
import MattermostIO
import RuleEngine

extension Ingest {
  /// Decides an event, claims it, and has done what was decided.
  ///
  /// - Parameters:
  ///   - isTooLate: whether it may not be answered any more.
  ///   - isClaimed: whether it is claimed already, by an earlier gateway or by this one.
  ///   - isWaiting: whether it waited for an answer, and was corrected: its author knows that it is taken in.
  /// - Returns: what it would have been answered as, where it is too late for that.
  @discardableResult
  func decide(
    _ event: Event, isTooLate: Bool = false, isClaimed: Bool = false, isWaiting: Bool = false
  ) async -> LateMessage? {
    // Other rules may come while the store is asked: an event is decided and acted on under the same ones.
    let actions = actions
    await settle(event, actions)
    if let reading = actions.approvals.reading(of: event), let name = await answerer(event.user.id, actions) {
      await take(reading, of: event, by: name, actions, isClaimed: isClaimed)
      return nil
    }
    let decision = actions.rules.decide(event)
    let isSilent = decision.isSilent
    var failure: StoreError?
    if !isSilent, !isClaimed {
      do {
        guard try await actions.store.claim(event.claim, at: actions.poster.client.clock.now) else {
          logger.debug("taken in before", metadata: ["post": "\(event.post)"])
          return nil
        }
      } catch {
        failure = error
      }
    }
    await note(decision, event, actions)
    if isWaiting, !decision.outcome.asksAgent(actions.rules) { await actions.reactions.over(event.post, nil) }
    if let failure {
      await refuse(event, because: failure, actions)
    } else if isSilent {
      if isWaiting || isClaimed { await release(event) }
    } else if isTooLate {
      logger.warning(
        "too late for an answer", metadata: event.logged)
      actions.outcomes.record(.dropped(.tooLate), of: event.claim)
      await actions.poster.finish(event.claim)
      return LateMessage(event, rule: decision.rule.map { actions.rules.ruleSet.rules[$0] })
    } else {
      let resolved = await actions.resolved(decision.outcome, rule: decision.rule, for: event)
      let outcome = await permitted(resolved, rule: decision.rule, event, actions)
      if let session = outcome.session(of: event, actions.rules, rule: decision.rule) {
        recent.note(session, of: event.post)
      }
      await actions.perform(outcome, rule: decision.rule, for: event, isNew: !isWaiting)
    }
    return nil
  }

  /// Tells of a decision to whoever records it.
  func note(_ decision: Decision, _ event: Event, _ actions: Dispatcher) async {
    await observe(event, decision)
    await journal?.record(
      event, decision, by: actions.rules.ruleSet, claim: decision.isSilent ? nil : event.claim)
    log(decision, event, actions.rules.ruleSet.rules)
  }

  /// Lets go of a post that turned out to be no message: a correction may make it one.
  private func release(_ event: Event) async {
    do throws(StoreError) {
      try await actions.store.release(event.claim)
    } catch {
      logger.error("post not let go", metadata: event.logged(["reason": "\(error)"]))
    }
  }

  /// Waits, for a moment at most, until a question is open that a post may answer: the server tells of a post before it has
  /// answered whoever made it.
  private func settle(_ event: Event, _ actions: Dispatcher) async {
    guard actions.rules.allows(user: event.user.id) else { return }
    var left = Limits.questionWaits
    while left > 0, actions.approvals.isTooEarly(event) {
      left -= 1
      try? await Task.sleep(for: Limits.questionWait)
    }
  }

  /// The name of whoever may answer an agent's question, by whatever way: a person whom the rules let in; nil for others.
  private func answerer(_ user: String, _ actions: Dispatcher) async -> String? {
    guard actions.rules.allows(user: user) else { return nil }
    do throws(MattermostError) {
      let account = try await account(user)
      return account.isBot ? nil : account.username
    } catch {
      logger.warning(
        "who answers an agent's question is not known", metadata: ["user": "\(user)", "reason": "\(error)"])
      return nil
    }
  }

  /// Takes an emoji that answers an agent's question.
  func takeAnswer(_ emoji: String, on post: String, by user: String) async {
    let actions = actions
    guard let reading = actions.approvals.reading(ofEmoji: emoji, on: post, by: user),
      let name = await answerer(user, actions)
    else { return }
    _ = await take(reading, by: name, as: "\(post)-\(user)", actions)
  }

  /// Takes a post that answers an agent's question, or would if its author might: the rules are not asked about it. It is
  /// claimed like any other, so that it is nobody's message after a restart either.
  private func take(
    _ reading: PermissionRequests.Reading, of event: Event, by name: String, _ actions: Dispatcher, isClaimed: Bool
  ) async {
    do {
      if !isClaimed {
        guard try await actions.store.claim(event.claim, at: actions.poster.client.clock.now) else { return }
      }
    } catch {
      logger.error("answer to a question not claimed", metadata: event.logged(["reason": "\(error)"]))
    }
    await journal?.record(event, nil, by: actions.rules.ruleSet, claim: event.claim)
    actions.outcomes.record(await take(reading, by: name, as: event.post, actions), of: event.claim)
    await actions.poster.finish(event.claim)
  }

  /// Answers an agent's question, or tells somebody that they may not: each person once for a question, so that nobody can
  /// have the bot fill a thread.
  private func take(_ reading: PermissionRequests.Reading, by name: String, as id: String, _ actions: Dispatcher) async
    -> EventOutcome
  {
    let metadata: Logger.Metadata = ["answer": "\(id)", "user": "\(name)"]
    switch reading {
    case .answer(let question, let position):
      let isTaken = actions.approvals.answer(question, PermissionRequests.Choice(position: position, user: name))
      logger.info("answer to an agent's question", metadata: metadata.merging(["taken": "\(isTaken)"]) { $1 })
      return isTaken ? .answersQuestion : .dropped(.questionOver)
    case .forbidden(let question, let isPermanent):
      logger.info("no right to answer an agent's question", metadata: metadata)
      let outcome = EventOutcome.dropped(.mayNotAnswer)
      guard let notice = actions.approvals.notice(about: question, isPermanent: isPermanent, to: name) else {
        return outcome
      }
      var target = ReplyTarget(channel: notice.channel)
      target.root = notice.root
      await actions.poster.say(
        PermissionTexts.mayNotAnswer(name, asker: notice.asker, isPermanent: notice.isPermanent), to: target,
        answering: "\(id)-maynot")
      return outcome
    }
  }

  private func refuse(_ event: Event, because failure: StoreError, _ actions: Dispatcher) async {
    logger.error("post not claimed, so not answered", metadata: event.logged(["reason": "\(failure)"]))
    actions.outcomes.record(.dropped(.store), of: event.claim)
    // Without a claim it might be answered twice; but whoever waits must know that nothing comes.
    guard event.author == .human else { return }
    await actions.perform(.say(Template(CommandTexts.rejected(.store(failure)))), rule: nil, for: event)
  }

  /// The outcome, unless the rule's `limit` or the budget of bots is used up. Only people are told: to tell a program
  /// could begin a loop.
  private func permitted(_ outcome: Outcome, rule: Int?, _ event: Event, _ actions: Dispatcher) async -> Outcome {
    let now = now
    if event.author != .human, await !mayAnswer(event, actions, at: now) {
      let seconds = await actions.bots.pause(in: event.channel.id, at: now)
      actions.outcomes.record(.limited(.bots, seconds: seconds), of: event.claim)
      return .silent(.ignored)
    }
    guard let index = rule, outcome.asksAgent(actions.rules) else { return outcome }
    let rule = actions.rules.ruleSet.rules[index]
    guard let seconds = gate.pass(rule: rule, user: event.user.id, channel: event.channel.id, at: now)
    else { return outcome }
    actions.outcomes.record(.limited(.rule, seconds: seconds), of: event.claim)
    logger.info("limit reached", metadata: event.logged(["rule": "\(rule.name)"]))
    return event.author == .human ? .say(Template(CommandTexts.limited(seconds: seconds))) : .silent(.ignored)
  }

  /// Whether the budget of the channel has an answer left for a bot, webhook or plugin.
  private func mayAnswer(_ event: Event, _ actions: Dispatcher, at now: Int64) async -> Bool {
    let rate = actions.rules.ruleSet.intake.bots
    switch await actions.bots.ask(in: event.channel.id, rate, at: now) {
    case .answer: return true
    case .paused: return false
    case .pauseBegins:
      logger.warning(
        "bots are paused: too many of their posts were answered",
        metadata: event.logged([
          "most": "\(rate.count) in \(rate.seconds) s", "for": .stringConvertible(Duration.seconds(rate.seconds)),
        ]))
      return false
    }
  }

  private func log(_ decision: Decision, _ event: Event, _ rules: [Rule]) {
    var metadata = event.logged(["outcome": "\(decision.outcome.name)"])
    if let rule = decision.rule { metadata["rule"] = "\(rules[rule].name)" }
    if !decision.shadows.isEmpty { metadata["shadows"] = "\(decision.shadows.map { rules[$0].name })" }
    logger.log(level: decision.shadows.isEmpty ? .debug : .info, "decided", metadata: metadata)
  }
}

extension Outcome {
  /// The conversation in which an agent is asked; nil where none is.
  fileprivate func session(of event: Event, _ rules: CompiledRules, rule: Int?) -> SessionKey? {
    guard let rule, asksAgent(rules) else { return nil }
    return SessionKey(rules.ruleSet.rules[rule].session.scope, of: event)
  }
}
