import AgentSessions
import ConfigLoader
import Core
import FoundationEssentials
import Hooks
import Logging
import MattermostIO
import RuleEngine

/// Runs one of edgecrab's own commands in the session that its event belongs to.
///
/// A command is done before what is said of it is kept. Killed between the two, it is done again when its post is taken
/// in anew: to stop or to begin anew twice is what was asked for, to say so without having done it is not.
struct CommandRunner: Sendable {
  let actions: Dispatcher
  let event: Event
  let rule: Rule
  let name: String

  func run(_ command: BuiltinCommand) async {
    do throws(StoreError) {
      guard let text = try await reply(to: command) else { return }
      actions.outcomes.record(.done, of: event.claim)
      await say(text)
    } catch {
      actions.outcomes.record(.dropped(.store), of: event.claim)
      actions.logger.error("command failed", metadata: event.logged(["command": "\(name)", "reason": "\(error)"]))
      await say(CommandTexts.storeFailed(name))
    }
  }

  private func say(_ text: String) async {
    let target = ReplyTarget(event, policy: rule.reply, scope: rule.session.scope)
    await actions.poster.close(event.claim, saying: text, to: target)
  }

  /// What to say, or nil where the answer of a turn says it.
  private func reply(to command: BuiltinCommand) async throws(StoreError) -> String? {
    let key = SessionKey(rule.session.scope, of: event)
    let session = await actions.registry.session(key)
    switch command {
    case .help:
      let (commands, botName) = (actions.rules.ruleSet.commands, actions.poster.bot.name)
      let help = CommandTexts.help(commands, botName: botName) { index in
        actions.rules.mayRun(command: index, user: event.user.id)
      }
      guard let agent = rule.agent, let offer = await session.offer(of: agent),
        let more = AgentCommandTexts.help(
          offer, of: agent, commands: commands, botName: botName,
          isListed: actions.rules.listsApprover(agent: agent, user: event.user.id))
      else { return help }
      return "\(help)\n\n\(more)"
    case .new: return CommandTexts.began(anew: try await session.reset(by: event.user.id, named: event.user.name))
    case .stop: return CommandTexts.stopped(await session.stop(by: event.user.name))
    case .retry:
      guard let agent = rule.agent else { return nil }
      let turn = PendingTurn(event, rule: rule, agent: agent, message: event.body, isRetry: true)
      await actions.submit(turn, to: key, isNew: true)
      return nil
    case .status:
      let rules = RulesTexts.status(
        await actions.rulesState.inForce, await actions.rulesState.refused?.refusal, await actions.rulesState.moved)
      return CommandTexts.status(
        try await session.status(), rule: rule.name, agent: rule.agent ?? "none",
        folder: CommandTexts.folder(
          actions.rules.ruleSet.agents.first { $0.name == rule.agent }?.kind.folder, for: MessageOrigin(event)),
        scope: rule.session.scope,
        connection: await actions.connection.text,
        otherGateway: await actions.otherGateway.lastSeen != nil,
        botsPaused: await actions.bots.pause(
          in: event.channel.id, at: actions.poster.client.clock.milliseconds),
        rules: rules, store: await actions.store.condition,
        now: actions.poster.client.clock.now)
    case .usage: return CommandTexts.usage(try await session.usage())
    case .hooks: return CommandTexts.hooks(await actions.hooks.all, now: Date())
    }
  }
}
