import AgentSessions
import ConfigLoader
import Core
import FoundationEssentials
import Hooks
import Logging
import MattermostIO
import RuleEngine

/// Does what a decision says.
struct Dispatcher: Sendable {
  var rules: CompiledRules
  let registry: SessionRegistry
  let store: SessionStore
  var poster: Outbox
  let reactions: Reactions
  /// The lanes of sessions; replies have lanes of their own.
  let lanes: KeyedSerialExecutor
  let waitNotices: WaitNotifier
  let hooks: HookRunner
  /// The lanes of commands that hooks are asked about.
  let hooked: KeyedSerialExecutor
  /// How much programs are answered.
  let bots: BotLoopGuard
  let approvals: PermissionRequests
  let connection: ConnectionState
  let otherGateway: DuplicateGatewayDetector
  let rulesState: RulesState
  let logger: Logger

  /// Hands an event to whoever does what was decided, and returns when that is on its way.
  ///
  /// - Parameter isNew: whether it was not taken in by an earlier gateway.
  func perform(_ outcome: Outcome, rule index: Int?, for event: Event, isNew: Bool = true) async {
    let rule = index.map { rules.ruleSet.rules[$0] }
    switch outcome {
    case .silent: await poster.finish(event.claim)
    case .say(let text), .deny(let text):
      await answer(text.posted(for: event, admin: rules.ruleSet.access.admin), event, rule)
    case .hint(let unknown):
      if let rule, let agent = rule.agent, await runAgentCommand(agent, event, rule) { return }
      let commands = rules.ruleSet.commands
      await answer(
        CommandTexts.unknown(unknown, nearest: commands.nearest(to: unknown), commands: commands), event, rule)
    case .refuse(let command):
      await answer(CommandTexts.refused(rules.ruleSet.commands.bindings[command].name), event, rule)
    case .ask(let agent):
      guard let rule, await !runAgentCommand(agent, event, rule) else { return }
      await ask(agent, prompt: rule.prompt, arguments: "", event, rule, isNew: isNew)
    case .run(let command, let arguments):
      guard let rule else { return }
      await run(rules.ruleSet.commands.bindings[command], arguments: arguments, event, rule, isNew: isNew)
    }
  }

  /// Takes up what an earlier run had taken in and not answered.
  func resume(_ pending: PendingMessage) async {
    guard let turn = PendingTurn(payload: pending.payload), let key = SessionKey(text: pending.session) else {
      logger.warning("kept message cannot be understood", metadata: ["post": "\(pending.post)"])
      outcomes.record(.dropped(.unreadable), of: pending.post)
      await poster.finish(pending.post)
      return
    }
    outcomes.record(.resumed, of: pending.post)
    await lanes.run(in: key.text) { await submit(turn, to: key, isNew: false) }
  }

  /// Ends what a deletion puts an end to, and has its conversations forget what was deleted.
  ///
  /// - Parameter known: the conversations that it is known to concern. The store may know more.
  func withdraw(_ deletion: Deletion, from known: Set<SessionKey>) async {
    var keys = known
    do throws(StoreError) {
      keys.formUnion(try await store.sessions(of: deletion).compactMap { SessionKey(text: $0) })
    } catch {
      logger.error("deleted post not looked up", metadata: ["deletion": "\(deletion)", "reason": "\(error)"])
    }
    for key in keys {
      await lanes.run(in: key.text) {
        let messages = await registry.session(key).withdraw(deletion)
        guard !messages.isEmpty else { return }
        logger.info("deleted, so not answered", metadata: ["posts": "\(messages)"])
      }
    }
  }

  /// Runs a command, unless a hook says no. Who waits for a hook holds nobody else up.
  private func run(
    _ binding: CommandBinding, arguments: Substring, _ event: Event, _ rule: Rule, isNew: Bool
  ) async {
    guard await hooks.hasHooks(for: "command:\(binding.name)") else {
      return await runAtOnce(binding, arguments: arguments, event, rule, isNew: isNew)
    }
    await hooked.run(in: event.claim) {
      let asked = HookEvent(
        command: binding.name, session: SessionKey(rule.session.scope, of: event).text, user: event.user.id,
        [
          "post_id": .string(event.post), "channel_id": .string(event.channel.id),
          "channel_name": .string(event.channel.name), "user_name": .string(event.user.name),
          "command": .string(binding.name), "arguments": .string(String(arguments)),
        ])
      let refusal = await hooks.mayGoOn(asked)
      // Where the gateway ends meanwhile, nobody has said yes: the next one asks again.
      if Task.isCancelled { return outcomes.record(.postponed, of: event.claim) }
      if let refusal {
        outcomes.record(.cancelled(hook: refusal.hook), of: event.claim)
        await answer(CommandTexts.hookSaidNo(refusal.reason), event, rule)
      } else {
        await runAtOnce(binding, arguments: arguments, event, rule, isNew: isNew)
      }
    }
  }

  private func runAtOnce(
    _ binding: CommandBinding, arguments: Substring, _ event: Event, _ rule: Rule, isNew: Bool
  ) async {
    switch binding.action {
    case .say(let text):
      await answer(text.posted(for: event, arguments: arguments, admin: rules.ruleSet.access.admin), event, rule)
    case .prompt(let prompt, let agent):
      guard let agent = agent ?? rule.agent else { return }
      await ask(agent, prompt: prompt, arguments: arguments, event, rule, isNew: isNew)
    case .builtin(let command):
      let runner = CommandRunner(actions: self, event: event, rule: rule, name: binding.name)
      await lanes.run(in: SessionKey(rule.session.scope, of: event).text) { await runner.run(command) }
    }
  }

  private func ask(
    _ agent: String, prompt: Template?, arguments: Substring, _ event: Event, _ rule: Rule, isNew: Bool
  ) async {
    let (turn, refused) = await turn(agent, prompt: prompt, arguments: arguments, event, rule)
    guard let turn else {
      outcomes.record(.turnedAway(refused.isEmpty ? .nothingAsked : .filesRefused), of: event.claim)
      let text = refused.isEmpty ? CommandTexts.nothingAsked(botName: poster.bot.name) : CommandTexts.notLetIn(refused)
      return await answer(text, event, rule)
    }
    let key = SessionKey(rule.session.scope, of: event)
    if isNew, !refused.isEmpty {
      await poster.say(CommandTexts.notLetIn(refused), to: turn.target, answering: "\(turn.post)-notletin")
    }
    await lanes.run(in: key.text) { await submit(turn, to: key, isNew: isNew) }
  }

  /// Runs a command of the agent that asks it nothing; false if the event gives none.
  private func runAgentCommand(_ agent: String, _ event: Event, _ rule: Rule) async -> Bool {
    guard let command = await agentCommand(in: event, of: agent, rule) else { return false }
    if case .message = command { return false }
    await lanes.run(in: SessionKey(rule.session.scope, of: event).text) {
      if let text = await text(of: command, agent: agent, event, rule) { await answer(text, event, rule) }
    }
    return true
  }

  /// What an agent is asked, and the files that it does not get; nil where nothing is left to ask.
  private func turn(
    _ agent: String, prompt: Template?, arguments: Substring, _ event: Event, _ rule: Rule
  ) async -> (turn: PendingTurn?, refused: [AttachmentFailure]) {
    var message = prompt?.asked(for: event, arguments: arguments, admin: rules.ruleSet.access.admin) ?? event.body
    // A command of the agent's own is passed on as the agent knows it, whatever prompt the rule has.
    var isCommand: Bool?
    if case .message(let command)? = await agentCommand(in: event, of: agent, rule) {
      (message, isCommand) = (command, true)
    }
    let (files, refused) = await door.letIn(event.files)
    guard !message.isEmpty || !files.isEmpty else { return (nil, refused) }
    var turn = PendingTurn(event, rule: rule, agent: agent, message: message, files: files)
    turn.isAgentCommand = isCommand
    return (turn, refused)
  }

  /// What an agent is to be asked at once, in one session; nil where a decision says anything else.
  func turn(of decision: Decision, for event: Event, in key: SessionKey) async -> PendingTurn? {
    guard let rule = decision.rule.map({ rules.ruleSet.rules[$0] }), SessionKey(rule.session.scope, of: event) == key
    else { return nil }
    switch decision.outcome {
    case .ask(let agent): return await turn(agent, prompt: rule.prompt, arguments: "", event, rule).turn
    case .run(let command, let arguments):
      let binding = rules.ruleSet.commands.bindings[command]
      guard case .prompt(let prompt, let named) = binding.action, let agent = named ?? rule.agent,
        await !hooks.hasHooks(for: "command:\(binding.name)")
      else { return nil }
      return await turn(agent, prompt: prompt, arguments: arguments, event, rule).turn
    case .silent, .say, .deny, .hint, .refuse: return nil
    }
  }

  /// Puts a corrected message in its place in the queue of a session, or takes it out of there. See `Session.correct`.
  func correct(_ claim: String, to turn: PendingTurn?, in key: SessionKey) async -> CorrectionResult {
    await lanes.result(in: key.text) {
      var request: TurnRequest?
      do {
        // It may have begun before a restart.
        request = try turn.map { try self.request($0, key, isResumed: true).request }
      } catch {
        logger.error("message not corrected", metadata: ["post": "\(claim)", "reason": "\(error)"])
      }
      return await registry.session(key).correct(claim, to: request)
    }
  }

  private func request(
    _ turn: PendingTurn, _ key: SessionKey, isResumed: Bool
  ) throws -> (request: TurnRequest, voice: TurnPresenter) {
    let prefix = CommandTexts.typedPrefix(of: rules.ruleSet.commands)
    let voice = TurnPresenter(of: turn, by: poster, reactions, prefix: prefix, isResumed: isResumed)
    let questions = PermissionPrompt(
      poster: poster, reactions: reactions, approvals: approvals, rules: rules, turn: turn)
    return (
      try turn.request(voice, door, TurnHooks(runner: hooks, turn: turn, session: key, outcomes: outcomes), questions),
      voice
    )
  }

  /// Gives a turn to its session; where it is new, and not from before a restart, its asker is told if it has to wait for long.
  func submit(_ turn: PendingTurn, to key: SessionKey, isNew: Bool) async {
    // A hook may have been asked about it meanwhile.
    let thread = turn.origin?.thread ?? ""
    if let gone = poster.deleted.post(in: turn.target) ?? (poster.deleted.has(thread) ? thread : nil) {
      outcomes.record(.stopped(.deletion), of: turn.post)
      if gone != turn.target.asked?.post { await poster.tellAsker(ofDeletedThread: gone, turn.target) }
      return await poster.finish(turn.post)
    }
    let session = await registry.session(key)
    do {
      let (request, voice) = try request(turn, key, isResumed: !isNew)
      // First of all, or an answer that comes at once would be followed by the sign that one is under way.
      if isNew { await voice.takenIn() }
      let report =
        turn.isRetry ? try await session.retry(request) : .asking(message: turn.message, await session.submit(request))
      switch report {
      case .nothingToRetry:
        outcomes.record(.turnedAway(.nothingToRetry), of: turn.post)
        await voice.over(nil)
        await poster.close(turn.post, saying: CommandTexts.nothingToRetry, to: turn.target)
      case .asking(_, .rejected(let rejection)):
        outcomes.record(EventOutcome(rejection), of: turn.post)
        await voice.over(nil)
        await poster.close(turn.post, saying: CommandTexts.rejected(rejection), to: turn.target)
      case .asking(_, .queued):
        if isNew { await waitNotices.follow(turn, in: session) }
      case .asking(_, .deferred): outcomes.record(.postponed, of: turn.post)
      case .asking(_, .started), .asking(_, .interrupting): break
      }
    } catch {
      logger.error("message not submitted", metadata: turn.logged(["reason": "\(error)"]))
      outcomes.record(.dropped(.store), of: turn.post)
      await poster.close(turn.post, saying: CommandTexts.notTakenIn, to: turn.target)
    }
  }

  /// Where it is recorded what came of events.
  var outcomes: OutcomeLog { poster.outcomes }

  private var door: AttachmentFetcher {
    AttachmentFetcher(client: poster.client, policy: rules.ruleSet.intake, logger: logger)
  }

  private func answer(_ text: String, _ event: Event, _ rule: Rule?) async {
    let target = ReplyTarget(event, policy: rule?.reply ?? ReplyPolicy(), scope: rule?.session.scope ?? .channel)
    await poster.close(event.claim, saying: text, to: target)
  }
}

extension PendingTurn {
  init(
    _ event: Event, rule: Rule, agent: String, message: String, files: [AttachedFile] = [], isRetry: Bool = false
  ) {
    self.init(
      post: event.claim, user: event.user.id, speaker: event.speaker, message: message, agent: agent,
      session: rule.session, busy: rule.busy,
      target: ReplyTarget(event, policy: rule.reply, scope: rule.session.scope), isRetry: isRetry,
      origin: MessageOrigin(event), files: files,
      manners: ReplyOptions(streams: rule.reply.stream, reacts: rule.reply.reactions))
  }
}

extension MessageOrigin {
  init(_ event: Event) {
    self.init(
      post: event.post, thread: event.thread.root ?? "", channel: event.channel.id, channelName: event.channel.name,
      user: event.user.id, userName: event.user.name)
  }
}

extension Rule {
  /// The agent that answers, where one does.
  var agent: String? {
    if case .agent(let name) = action { name } else { nil }
  }
}
