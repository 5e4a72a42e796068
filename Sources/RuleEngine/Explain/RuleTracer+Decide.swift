public import Vocabulary

extension RuleTracer {
  /// What is to happen to an event. Pure and total: the same event always comes to the same decision.
  ///
  /// The decision names the first failed condition of each rule that did not match.
  public func decide(_ event: Event) -> Decision {
    switch event.author {
    case .own: return Decision(outcome: .silent(.own))
    case .system: return Decision(outcome: .silent(.system))
    case .human, .bot, .webhook, .plugin: break
    }
    guard access.contains(event.user.id) else { return Decision(outcome: outcomeWithoutAccess(event)) }

    var facts = Facts(event, rules: self)
    var shadows: [Int] = []
    var trace: [TraceStep] = []
    for index in conditions.indices {
      if let failed = facts.firstFailure(of: conditions[index]) {
        trace.append(TraceStep(rule: index, failed: failed))
      } else if ruleSet.rules[index].mode == .shadow {
        shadows.append(index)
      } else {
        let outcome = outcome(of: ruleSet.rules[index].action, for: event, command: facts.command)
        return Decision(outcome: outcome, rule: index, shadows: shadows, trace: trace)
      }
    }
    return Decision(outcome: .silent(.noRule), shadows: shadows, trace: trace)
  }

  /// Only a person who writes to the bot directly is told: a refusal in a channel would be noise, and one to a bot could
  /// begin a loop.
  private func outcomeWithoutAccess(_ event: Event) -> Outcome {
    guard let denied = ruleSet.access.denied, event.channel.kind == .direct, event.author == .human, !event.isEdit
    else { return .silent(.noAccess) }
    return .deny(denied)
  }

  private func outcome(of action: RuleAction, for event: Event, command: CommandText?) -> Outcome {
    switch action {
    case .ignore: .silent(.ignored)
    case .say(let text): .say(text)
    case .deny(let text): .deny(text)
    case .agent(let agent): command.map { outcome(of: $0, for: event, agent: agent) } ?? .ask(agent: agent)
    }
  }

  private func outcome(of command: CommandText, for event: Event, agent: String) -> Outcome {
    if let index = commandIndices[command.name.lowercased()] {
      guard commandUsers[index].contains(event.user.id) else { return .refuse(command: index) }
      return .run(command: index, arguments: command.arguments)
    }
    switch ruleSet.commands.unknown {
    case .agent: return .ask(agent: agent)
    case .ignore: return .silent(.unknownCommand)
    case .hint:
      // `!important` among people in a channel is no slip of somebody who talks to the bot.
      guard event.channel.kind == .direct || event.mention == .direct else { return .silent(.unknownCommand) }
      let names = ruleSet.commands.bindings.flatMap { [$0.name] + $0.aliases }
      let nearest = Spelling.nearest(to: command.name, among: names)
      return .hint(unknown: command.name, nearest: nearest)
    }
  }
}

extension RuleTracer {
  /// Whether the user with this id may run the command with this index.
  public func mayRun(command: Int, user: String) -> Bool { commandUsers[command].contains(user) }
}
