/// What is to happen to an event, and which rule says so.
package struct Decision: Sendable, Equatable {
  /// What is to happen.
  package var outcome: Outcome
  /// The index of the rule that decided, or nil where none did.
  package var rule: Int?
  /// The indices of the shadow rules that would have decided, in order.
  package var shadows: [Int]
  /// The rules that were asked and did not match, with the first condition of each that failed; empty unless asked for.
  package var trace: [TraceStep]

  /// States a decision.
  package init(outcome: Outcome, rule: Int? = nil, shadows: [Int] = [], trace: [TraceStep] = []) {
    self.outcome = outcome
    self.rule = rule
    self.shadows = shadows
    self.trace = trace
  }
}

/// What is to happen to an event.
package enum Outcome: Sendable, Equatable {
  /// Nothing, and why.
  case silent(IgnoreReason)
  /// The agent is asked.
  case ask(agent: String)
  /// A fixed text is posted.
  case say(Template)
  /// The asker is told no.
  case deny(Template)
  /// A command runs: the index of its binding, and what stands behind its name.
  case run(command: Int, arguments: Substring)
  /// The command is not for this user.
  case refuse(command: Int)
  /// The asker used a name that nobody bound; `Commands.nearest` is what they may have meant.
  case hint(unknown: Substring)
}

/// Why nothing happens.
package enum IgnoreReason: String, Sendable, CaseIterable {
  /// The bot wrote it itself.
  case own
  /// The server wrote it.
  case system
  /// The user may not talk to the bot, and is not told.
  case noAccess = "no-access"
  /// No rule matches.
  case noRule = "no-rule"
  /// A rule says so.
  case ignored
  /// Slash text with a name that nobody bound, where the file says to ignore it or the bot was not addressed.
  case unknownCommand = "unknown-command"
}

/// A rule that was asked and did not match, and the first of its conditions that failed.
package struct TraceStep: Sendable, Equatable {
  /// The rule's index.
  package var rule: Int
  /// The condition that failed, as its key in `when`.
  package var failed: ConditionKey

  /// States a step.
  package init(rule: Int, failed: ConditionKey) {
    self.rule = rule
    self.failed = failed
  }
}

/// A condition's key in `when`. The order of the cases is the order in which conditions are asked: cheap ones first,
/// text last.
package enum ConditionKey: String, Sendable, CaseIterable {
  case author, edited, trigger, kind, channel, user, team, mention, command, thread, files, remote, time, not, any, text
}
