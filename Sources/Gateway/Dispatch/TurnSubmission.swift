import Agents
import ConfigLoader
package import Core
import Hooks
import Logging
import MattermostIO
package import RuleEngine
import Sessions
import Tracing

/// Turns: from an event, or from the store after a restart, to their sessions.
extension Dispatcher {
  /// Continues with a message that an earlier gateway had accepted and not answered.
  func resume(_ pending: PendingMessage) async {
    guard let turn = PendingTurn(payload: pending.payload), let key = SessionKey(text: pending.session) else {
      logger.warning("stored message cannot be read", metadata: ["post": "\(pending.claim)"])
      outbox.outcomes.record(.dropped(.unreadable), of: pending.claim)
      return await finish(pending.claim)
    }
    outbox.outcomes.record(.resumed, of: pending.claim)
    let span = tracer.startResumed(turn.post, after: turn.traceparent)
    defer { span?.end() }
    await Span.$current.withValue(span) {
      await executor.enqueue(for: key.text) { await submit(turn, to: key, isNew: false) }
    }
  }

  /// Continues with a reply that an earlier gateway had not posted.
  func resume(_ pending: PendingReply) async { await outbox.resume(pending) }

  /// Ends the turns that a deletion concerns, and has their conversations forget the deleted messages.
  ///
  /// - Parameter known: the conversations that it is known to concern. The store may know more.
  func withdraw(_ deletion: Deletion, from known: Set<SessionKey>) async {
    var keys = known
    do throws(StoreError) {
      keys.formUnion(try await store.sessions(of: deletion))
    } catch {
      logger.error("deleted post not looked up", metadata: ["deletion": "\(deletion)", "reason": "\(error)"])
    }
    for key in keys {
      await executor.enqueue(for: key.text) {
        let messages = await registry.session(key).withdraw(deletion)
        guard !messages.isEmpty else { return }
        logger.info("deleted, so not answered", metadata: ["messages": "\(messages)"])
      }
    }
  }

  /// Withdraws the answer that one of the bot's own posts was a part of.
  ///
  /// - Parameter mark: the post's mark. See `ChunkMark`.
  func withdrawAnswer(marked mark: String) async {
    guard let claim = ChunkMark.claim(in: mark) else { return }
    await withdraw(.answer(to: claim), from: [])
  }

  /// Returns the turn that a decision starts at once in one session, or `nil` if it starts none.
  func turn(of decision: Decision, for event: Event, in key: SessionKey) async -> PendingTurn? {
    guard let rule = decision.rule.map({ rules.ruleSet.rules[$0] }), SessionKey(rule.session.scope, of: event) == key
    else { return nil }
    switch decision.outcome {
    case .ask(let agent): return await turn(agent, prompt: rule.prompt, arguments: "", event, rule).turn
    case .run(let command, let arguments):
      let binding = rules.ruleSet.commands.bindings[command]
      guard case .prompt(let prompt, let named) = binding.action, let agent = named ?? rule.agent,
        !hooks.hasHooks(for: "command:\(binding.name)")
      else { return nil }
      return await turn(agent, prompt: prompt, arguments: arguments, event, rule).turn
    case .silent, .say, .deny, .hint, .refuse: return nil
    }
  }

  /// Replaces a waiting message by its corrected version, or drops it. See `Session.correct`.
  func correct(_ claim: Claim, to turn: PendingTurn?, in key: SessionKey) async -> CorrectionResult {
    await executor.run(for: key.text) {
      // It may have begun before a restart.
      let request = turn.map { $0.request(presenter($0, key, isResumed: true)) }
      return await registry.session(key).correct(claim, to: request)
    }
  }

  /// Asks an agent about an event.
  func ask(
    _ agent: String, prompt: Template?, arguments: Substring, _ event: Event, _ rule: Rule, isNew: Bool
  ) async {
    let (turn, refused) = await turn(agent, prompt: prompt, arguments: arguments, event, rule)
    guard let turn else {
      outbox.outcomes.record(.turnedAway(refused.isEmpty ? .nothingAsked : .filesRefused), of: event.claim)
      let text =
        refused.isEmpty ? DispatchTexts.nothingAsked(botName: bot.name) : DispatchTexts.attachmentsRefused(refused)
      let target = ReplyTarget(event, policy: rule.reply, scope: rule.session.scope)
      return await close(event.claim, replying: text, to: target)
    }
    let key = SessionKey(rule.session.scope, of: event)
    if isNew, !refused.isEmpty {
      await post(
        DispatchTexts.attachmentsRefused(refused), to: turn.target, as: .notice(.attachmentsRefused, about: turn.claim))
    }
    await executor.enqueue(for: key.text) { await submit(turn, to: key, isNew: isNew) }
  }

  /// Returns the turn, or `nil` if nothing is left to ask, and the files that the agent does not get.
  private func turn(
    _ agent: String, prompt: Template?, arguments: Substring, _ event: Event, _ rule: Rule
  ) async -> (turn: PendingTurn?, refused: [AttachmentFailure]) {
    var message = prompt?.asked(for: event, arguments: arguments, admin: rules.ruleSet.access.admin) ?? event.body
    // One of the agent's own commands is passed on as the agent knows it, whatever prompt the rule has.
    var isCommand: Bool?
    if case .message(let command)? = await agentCommand(in: event, of: agent, rule) {
      (message, isCommand) = (command, true)
    }
    let (files, refused) = await attachments.admit(event.files)
    guard !message.isEmpty || !files.isEmpty else { return (nil, refused) }
    var turn = PendingTurn(event, rule: rule, agent: agent, message: message, files: files)
    turn.isAgentCommand = isCommand
    return (turn, refused)
  }

  /// Submits a turn to its session. If it is new, and not from before a restart, its asker is told if it waits for
  /// long.
  func submit(_ turn: PendingTurn, to key: SessionKey, isNew: Bool) async {
    let outcomes = outbox.outcomes
    // A hook may have been asked about it meanwhile.
    if let deleted = deletedPosts.post(in: turn.target)
      ?? turn.threadRoot.flatMap({ deletedPosts.contains($0) ? $0 : nil })
    {
      outcomes.record(.stopped(.deletion), of: turn.claim)
      if deleted != turn.target.question?.post { await outbox.reportDeletedThread(deleted, toAskerOf: turn.target) }
      return await finish(turn.claim)
    }
    let session = registry.session(key)
    do {
      let presenter = presenter(turn, key, isResumed: !isNew)
      let request = turn.request(presenter)
      // First, or an answer that comes at once would be followed by the emoji.
      presenter.accept()
      let report =
        turn.isRetry ? try await session.retry(request) : .asking(message: turn.message, await session.submit(request))
      switch report {
      case .nothingToRetry:
        outcomes.record(.turnedAway(.nothingToRetry), of: turn.claim)
        presenter.finish(nil)
        await close(turn.claim, replying: DispatchTexts.nothingToRetry, to: turn.target)
      case .asking(_, .rejected(let rejection)):
        outcomes.record(EventOutcome(rejection), of: turn.claim)
        presenter.finish(nil)
        await close(turn.claim, replying: DispatchTexts.rejected(rejection), to: turn.target)
      case .asking(_, .queued):
        if isNew { await waitNotifier.watch(turn, in: session) }
      case .asking(_, .postponed): outcomes.record(.postponed, of: turn.claim)
      case .asking(_, .started), .asking(_, .interrupting): break
      }
    } catch {
      logger.error("message not submitted", metadata: turn.logged(["reason": "\(error)"]))
      outcomes.record(.dropped(.store), of: turn.claim)
      await close(turn.claim, replying: DispatchTexts.notAccepted, to: turn.target)
    }
  }

  private func presenter(_ turn: PendingTurn, _ key: SessionKey, isResumed: Bool) -> TurnPresenter {
    TurnPresenter(
      turn, outbox: outbox, reactions: reactions, attachments: attachments,
      context: ContextReader(
        client: outbox.posts.client, accounts: accounts, threads: threads, bot: bot, turn: turn, logger: logger),
      hooks: TurnHooks(runner: hooks, turn: turn, session: key, outcomes: outbox.outcomes),
      prompt: PermissionPrompt(
        outbox: outbox, reactions: reactions, requests: permissions, rules: rules, asker: PermissionAsker(turn, in: key)
      ),
      prefix: CommandTexts.typedPrefix(of: rules.ruleSet.commands), isResumed: isResumed)
  }

  private var attachments: AttachmentFetcher {
    AttachmentFetcher(client: outbox.posts.client, policy: rules.ruleSet.intake, logger: logger)
  }
}

extension PermissionAsker {
  fileprivate init(_ turn: PendingTurn, in session: SessionKey) {
    self.init(
      claim: turn.claim, session: session, user: turn.user, name: turn.userName, channel: turn.target.channel,
      root: turn.target.root ?? turn.threadRoot ?? turn.target.question?.post, logged: turn.logged())
  }
}

extension Event {
  /// The text of the key of the event's session with this scope.
  package func sessionName(_ scope: SessionScope) -> String { SessionKey(scope, of: self).text }
}
