import AgentSessions
import Core
import Logging
import RuleEngine

extension Dispatcher {
  /// Returns what is done about a command that nobody bound: the agent is asked if it is one of its own.
  func resolved(_ outcome: Outcome, rule index: Int?, for event: Event) async -> Outcome {
    guard case .hint = outcome, let rule = index.map({ rules.ruleSet.rules[$0] }), let agent = rule.agent,
      case .message? = await agentCommand(in: event, of: agent, rule)
    else { return outcome }
    return .ask(agent: agent)
  }

  /// Returns the command of the agent that an event gives; `nil` if it gives none.
  func agentCommand(in event: Event, of agent: String, _ rule: Rule) async -> AgentCommand? {
    let commands = rules.ruleSet.commands
    guard SlashCommand(event, prefixes: commands.prefixes) != nil,
      let offer = await registry.session(SessionKey(rule.session.scope, of: event)).offer(of: agent)
    else { return nil }
    return AgentCommand(
      event.body, offer: offer, commands: commands,
      isListed: rules.listsApprover(agent: agent, user: event.user.id))
  }

  /// Does what a command of the agent says that asks it nothing, and returns what to say of it; `nil` if the agent is to be
  /// asked.
  func text(of command: AgentCommand, agent: String, _ event: Event, _ rule: Rule) async -> String? {
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
      let session = await registry.session(SessionKey(rule.session.scope, of: event))
      let outcome = await session.choose(choice.id, for: kind, of: agent)
      logger.info(
        "agent's \(kind.rawValue) chosen",
        metadata: event.logged([
          "agent": "\(agent)", "value": "\(choice.id.singleLine(atMost: Limits.shortened))",
        ]))
      return AgentCommandTexts.chosen(choice, kind, of: agent, outcome)
    }
  }
}
