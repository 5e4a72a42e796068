import Core

/// The decision on an event: its outcome, and the rule that determines it.
package struct Decision: Sendable, Equatable {
  package var outcome: Outcome
  /// The index of the rule that decided; `nil` if none did.
  package var rule: Int?
  /// The indices of the shadow rules that would have decided, in order.
  package var shadows: [Int]
  /// The rules that were evaluated and did not match, each with the first key that failed; empty unless traced.
  package var trace: [TraceStep]

  package init(outcome: Outcome, rule: Int? = nil, shadows: [Int] = [], trace: [TraceStep] = []) {
    self.outcome = outcome
    self.rule = rule
    self.shadows = shadows
    self.trace = trace
  }
}

/// The consequence of an event.
package enum Outcome: Sendable, Equatable {
  /// Nothing, for a reason.
  case silent(IgnoreReason)
  case ask(agent: String)
  /// A fixed text is posted.
  case say(Template)
  /// The user is told that the bot does not answer.
  case deny(Template)
  /// A command runs: the index of its binding, and the text after its name.
  case run(command: Int, arguments: Substring)
  /// The command is not for this user.
  case refuse(command: Int)
  /// The user typed a command that is not bound; `Commands.nearest` finds the likely one.
  case hint(unknown: Substring)
}

/// The reason for which nothing happens.
package enum IgnoreReason: String, Sendable, CaseIterable {
  /// The bot wrote it itself.
  case own
  /// The server wrote it.
  case system
  /// The user may not talk to the bot, and is not told so.
  case noAccess = "no-access"
  /// No rule matches.
  case noRule = "no-rule"
  /// The action of a rule is `ignore`.
  case ignored
  /// A command that is not bound, if the file ignores such commands or the bot was not addressed.
  case unknownCommand = "unknown-command"
}

/// A rule that was evaluated and did not match, and the first of its keys that failed.
package struct TraceStep: Sendable, Equatable {
  /// The rule's index.
  package var rule: Int
  package var failed: ConditionKey

  package init(rule: Int, failed: ConditionKey) {
    self.rule = rule
    self.failed = failed
  }
}

extension RuleSet {
  /// Returns the outcome for an event of a user who may not talk to the bot.
  ///
  /// Only a person who writes to the bot directly is told: a refusal in a channel would be noise, and one to a bot
  /// could begin a loop.
  func outcomeWithoutAccess(_ event: Event) -> Outcome {
    guard let denied = access.denied, event.channel.kind == .direct, event.author == .human, !event.isEdit
    else { return .silent(.noAccess) }
    return .deny(denied)
  }

  /// Returns the outcome for an event that a rule with this action matches.
  ///
  /// - Parameters:
  ///   - command: the command in the event, if it is one.
  ///   - binding: the index of its binding, if it is bound.
  ///   - mayRun: whether the user may run it.
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
      // A text like `!important` between people in a channel is not a mistyped command.
      guard event.channel.kind == .direct || event.mention == .direct else { return .silent(.unknownCommand) }
      return .hint(unknown: command.name)
    }
  }
}
