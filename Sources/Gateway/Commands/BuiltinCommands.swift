import Agents
import ConfigLoader
import Core
import FoundationEssentials
import Hooks
import MattermostIO
import RuleEngine
import Sessions

/// The handlers of the built-in commands. Names, aliases and summaries are in `BuiltinCommand.definition`.
///
/// A command has taken effect when its reply is returned. If the gateway is killed before the reply is stored, the
/// command runs again after the restart: to stop or to reset twice is harmless, to confirm what did not happen is not.
struct BuiltinCommands: Sendable {
  let registry: SessionRegistry
  let store: any SessionStore
  let hooks: HookRunner
  let rulesState: RulesState
  let connection: ConnectionState
  let duplicates: DuplicateGatewayDetector
  let botLoopGuard: BotLoopGuard
  /// The server's clock.
  let clock: ServerClock

  /// Runs a command in the session that the event belongs to.
  func reply(
    to command: BuiltinCommand, event: Event, rule: Rule, rules: CompiledRules, botName: String
  ) async throws(StoreError) -> CommandReply {
    let session = registry.session(SessionKey(rule.session.scope, of: event))
    switch command {
    case .help: return .say(await help(event, rule, rules, session, botName: botName))
    case .new:
      return .say(CommandTexts.reset(try await session.reset(by: event.user.id, named: event.user.name)))
    case .stop: return .say(CommandTexts.stopped(await session.stop(by: event.user.name)))
    case .retry: return .retry
    case .status: return .say(try await status(event, rule, rules, session).table)
    case .usage: return .say(CommandTexts.usage(try await session.usage()))
    case .hooks: return .say(CommandTexts.hooks(await hooks.states, now: Date()))
    }
  }

  private func help(
    _ event: Event, _ rule: Rule, _ rules: CompiledRules, _ session: Session, botName: String
  ) async -> String {
    let commands = rules.ruleSet.commands
    let help = CommandTexts.help(commands, botName: botName) { index in
      rules.mayRun(command: index, user: event.user.id)
    }
    guard let agent = rule.agent, let controls = await session.controls(of: agent),
      let agentHelp = AgentCommandTexts.help(
        controls, of: agent, commands: commands, botName: botName,
        isListed: rules.listsApprover(agent: agent, user: event.user.id))
    else { return help }
    return "\(help)\n\n\(agentHelp)"
  }

  private func status(
    _ event: Event, _ rule: Rule, _ rules: CompiledRules, _ session: Session
  ) async throws(StoreError) -> StatusText {
    StatusText(
      session: try await session.status(), rule: rule,
      folder: rules.ruleSet.agents.first { $0.name == rule.agent }?.kind.folder, origin: MessageOrigin(event),
      connection: await connection.text, hasOtherGateway: await duplicates.lastSeen != nil,
      botPauseSeconds: await botLoopGuard.pause(in: event.channel.id, at: clock.milliseconds),
      rules: RulesTexts.status(
        await rulesState.active, await rulesState.rejected?.rejection, await rulesState.renamed),
      store: store.condition, now: clock.now)
  }
}

/// The reply to a command.
enum CommandReply: Sendable {
  case say(String)
  /// Ask the last message again; the answer is the reply.
  case retry
}
