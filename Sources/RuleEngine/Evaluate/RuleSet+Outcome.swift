import Core

extension RuleSet {
  /// What happens to an event of a user who may not talk to the bot.
  ///
  /// Only a person who writes to the bot directly is told: a refusal in a channel would be noise, and one to a bot could
  /// begin a loop.
  func outcomeWithoutAccess(_ event: Event) -> Outcome {
    guard let denied = access.denied, event.channel.kind == .direct, event.author == .human, !event.isEdit
    else { return .silent(.noAccess) }
    return .deny(denied)
  }

  /// What happens to an event that a rule with this action matches, where it is a `command`, with the index of its
  /// `binding`, if anybody bound it, and whether the user `mayRun` that.
  func outcome(
    of action: RuleAction, for event: Event, command: SlashCommand?, binding: Int?, mayRun: Bool
  ) -> Outcome {
    switch action {
    case .ignore: return .silent(.ignored)
    case .say(let text): return .say(text)
    case .deny(let text): return .deny(text)
    case .agent(let agent):
      guard let command else { return .ask(agent: agent) }
      guard let binding else { return outcome(ofUnknown: command, for: event, agent: agent) }
      return mayRun ? .run(command: binding, arguments: command.arguments) : .refuse(command: binding)
    }
  }

  private func outcome(ofUnknown command: SlashCommand, for event: Event, agent: String) -> Outcome {
    switch commands.unknown {
    case .agent: return .ask(agent: agent)
    case .ignore: return .silent(.unknownCommand)
    case .hint:
      // `!important` among people in a channel is no slip of somebody who talks to the bot.
      guard event.channel.kind == .direct || event.mention == .direct else { return .silent(.unknownCommand) }
      return .hint(unknown: command.name)
    }
  }
}
