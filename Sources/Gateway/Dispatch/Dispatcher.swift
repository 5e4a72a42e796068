import Agents
import ConfigLoader
import Core
import Hooks
import Logging
import MattermostIO
import RuleEngine
import Sessions
import Tracing

/// Carries out decisions: posts a text, runs a command, or submits a turn to its session.
struct Dispatcher: Sendable {
  var rules: CompiledRules
  let registry: SessionRegistry
  let store: any SessionStore
  var outbox: Outbox
  let reactions: Reactions
  let accounts: AccountDirectory
  let threads: RecentThreads
  /// Runs the work for a session in the order in which it came. Deliveries have an executor of their own,
  /// so that a slow server delays no `/stop`.
  let executor: KeyedSerialExecutor<String>
  /// Runs commands that hooks are asked about: a slow hook delays no other post.
  let hookExecutor: KeyedSerialExecutor<String>
  let waitNotifier: WaitNotifier
  let hooks: HookRunner
  let commands: BuiltinCommands
  let permissions: PermissionRequests
  let tracer: Tracer
  let logger: Logger

  /// The bot's account.
  var bot: BotIdentity {
    get { outbox.posts.bot }
    set { outbox.posts.bot = newValue }
  }

  /// The posts that were deleted lately: nothing is answered about them.
  var deletedPosts: DeletedPosts { outbox.deletedPosts }

  private var outcomes: OutcomeLog { outbox.outcomes }

  /// Carries out a decision; returns when that is scheduled.
  ///
  /// - Parameter isNew: whether the event was not accepted by an earlier gateway.
  func perform(_ outcome: Outcome, rule index: Int?, for event: Event, isNew: Bool = true) async {
    let rule = index.map { rules.ruleSet.rules[$0] }
    switch outcome {
    case .silent: await finish(event.claim)
    case .say(let text), .deny(let text):
      await reply(text.posted(for: event, admin: rules.ruleSet.access.admin), to: event, rule)
    case .hint(let unknown):
      if let rule, let agent = rule.agent, await runAgentCommand(agent, event, rule) { return }
      let commands = rules.ruleSet.commands
      await reply(
        DispatchTexts.unknownCommand(unknown, nearest: commands.nearest(to: unknown), commands: commands), to: event,
        rule)
    case .refuse(let command):
      await reply(DispatchTexts.commandRefused(rules.ruleSet.commands.bindings[command].name), to: event, rule)
    case .ask(let agent):
      guard let rule, await !runAgentCommand(agent, event, rule) else { return }
      await ask(agent, prompt: rule.prompt, arguments: "", event, rule, isNew: isNew)
    case .run(let command, let arguments):
      guard let rule else { return }
      await run(rules.ruleSet.commands.bindings[command], arguments: arguments, event, rule, isNew: isNew)
    }
  }

  /// Ends a claim for which nothing is left to do.
  func finish(_ claim: Claim) async { await outbox.finish(claim) }

  /// Posts the only reply to a claim, which ends it.
  func close(_ claim: Claim, replying text: String, to target: ReplyTarget) async {
    await outbox.close(claim, replying: text, to: target)
  }

  /// Says that messages were too old to be answered, where the newest one would have been answered.
  func reportLate(_ newest: Event, _ rule: Rule?, count: Int) async {
    let target = ReplyTarget(newest, policy: rule?.reply ?? ReplyPolicy(), scope: rule?.session.scope ?? .channel)
    let text = DispatchTexts.tooLate(count: count, maxAge: rules.ruleSet.intake.maxAgeSeconds)
    await outbox.store(Reply(id: .notice(.tooLate, about: newest.claim), text: text), to: target)
  }

  /// Posts a notice that is of no use later.
  func post(_ text: String, to target: ReplyTarget, as id: ReplyID) async {
    await outbox.post(text, to: target, as: id)
  }

  private func reply(_ text: String, to event: Event, _ rule: Rule?) async {
    let target = ReplyTarget(event, policy: rule?.reply ?? ReplyPolicy(), scope: rule?.session.scope ?? .channel)
    await close(event.claim, replying: text, to: target)
  }
}

// MARK: Commands

extension Dispatcher {
  /// Runs a command unless a hook refuses it.
  private func run(
    _ binding: CommandBinding, arguments: Substring, _ event: Event, _ rule: Rule, isNew: Bool
  ) async {
    guard hooks.hasHooks(for: "command:\(binding.name)") else {
      return await runNow(binding, arguments: arguments, event, rule, isNew: isNew)
    }
    await hookExecutor.enqueue(for: event.claim.text) {
      let command = HookEvent(
        command: binding.name, session: SessionKey(rule.session.scope, of: event).text, user: event.user.id,
        [
          "post_id": .string(event.post.rawValue), "channel_id": .string(event.channel.id.rawValue),
          "channel_name": .string(event.channel.name), "user_name": .string(event.user.name),
          "command": .string(binding.name), "arguments": .string(String(arguments)),
        ])
      let refusal = await hooks.firstRefusal(of: command)
      // If the gateway shuts down meanwhile, no hook has allowed it: the next one asks again.
      if Task.isCancelled { return outcomes.record(.postponed, of: event.claim) }
      if let refusal {
        outcomes.record(.cancelled(hook: refusal.hook), of: event.claim)
        await reply(DispatchTexts.hookRefused(refusal.reason), to: event, rule)
      } else {
        await runNow(binding, arguments: arguments, event, rule, isNew: isNew)
      }
    }
  }

  private func runNow(
    _ binding: CommandBinding, arguments: Substring, _ event: Event, _ rule: Rule, isNew: Bool
  ) async {
    switch binding.action {
    case .say(let text):
      await reply(text.posted(for: event, arguments: arguments, admin: rules.ruleSet.access.admin), to: event, rule)
    case .prompt(let prompt, let agent):
      guard let agent = agent ?? rule.agent else { return }
      await ask(agent, prompt: prompt, arguments: arguments, event, rule, isNew: isNew)
    case .builtin(let command):
      await executor.enqueue(for: SessionKey(rule.session.scope, of: event).text) {
        await run(command, named: binding.name, event, rule)
      }
    }
  }

  /// Runs a built-in command. It has taken effect before its reply is stored.
  private func run(_ command: BuiltinCommand, named name: String, _ event: Event, _ rule: Rule) async {
    do throws(StoreError) {
      switch try await commands.reply(to: command, event: event, rule: rule, rules: rules, botName: bot.name) {
      case .say(let text):
        outcomes.record(.done, of: event.claim)
        await reply(text, to: event, rule)
      case .retry:
        guard let agent = rule.agent else { return await finish(event.claim) }
        let turn = PendingTurn(event, rule: rule, agent: agent, message: event.body, isRetry: true)
        await submit(turn, to: SessionKey(rule.session.scope, of: event), isNew: true)
      }
    } catch {
      outcomes.record(.dropped(.store), of: event.claim)
      logger.error("command failed", metadata: event.logged(["command": "\(name)", "reason": "\(error)"]))
      await reply(DispatchTexts.commandFailed(name), to: event, rule)
    }
  }
}

// MARK: Commands of agents

extension Dispatcher {
  /// Returns the outcome for a command that no rule binds: the agent is asked if it is one of its own.
  func resolved(_ outcome: Outcome, rule index: Int?, for event: Event) async -> Outcome {
    guard case .hint = outcome, let rule = index.map({ rules.ruleSet.rules[$0] }), let agent = rule.agent,
      case .message? = await agentCommand(in: event, of: agent, rule)
    else { return outcome }
    return .ask(agent: agent)
  }

  /// Returns the command of the agent that an event gives, or `nil` if it gives none.
  func agentCommand(in event: Event, of agent: String, _ rule: Rule) async -> AgentCommand? {
    let commands = rules.ruleSet.commands
    guard SlashCommand(event, prefixes: commands.prefixes) != nil,
      let controls = await registry.session(SessionKey(rule.session.scope, of: event)).controls(of: agent)
    else { return nil }
    return AgentCommand(
      event.body, offer: controls, commands: commands,
      isListed: rules.listsApprover(agent: agent, user: event.user.id))
  }

  /// Runs a command of the agent that asks it nothing; returns false if the event gives none.
  private func runAgentCommand(_ agent: String, _ event: Event, _ rule: Rule) async -> Bool {
    guard let command = await agentCommand(in: event, of: agent, rule) else { return false }
    if case .message = command { return false }
    await executor.enqueue(for: SessionKey(rule.session.scope, of: event).text) {
      if let text = await text(of: command, agent: agent, event, rule) { await reply(text, to: event, rule) }
    }
    return true
  }

  /// Carries out a command of the agent that asks it nothing, and returns the reply; `nil` if the agent is to be asked.
  private func text(of command: AgentCommand, agent: String, _ event: Event, _ rule: Rule) async -> String? {
    switch command {
    case .message: return nil
    case .forbidden: return AgentCommandTexts.forbidden
    case .setting(let kind, let setting, ""):
      return AgentCommandTexts.list(
        kind, setting, of: agent, prefix: CommandTexts.typedPrefix(of: rules.ruleSet.commands))
    case .setting(let kind, let setting, let typed):
      guard let choice = setting.choice(typed) else {
        return AgentCommandTexts.unknown(
          typed, kind, of: agent, nearest: Spelling.nearest(to: Substring(typed), among: setting.choices.map(\.id)))
      }
      let session = registry.session(SessionKey(rule.session.scope, of: event))
      let outcome = await session.select(choice.id, for: kind, of: agent)
      logger.info(
        "agent's \(kind.rawValue) selected",
        metadata: event.logged([
          "agent": "\(agent)", "value": "\(choice.id.singleLine(atMost: Limits.excerptScalarsMax))",
        ]))
      return AgentCommandTexts.chosen(choice, kind, of: agent, outcome)
    }
  }
}
