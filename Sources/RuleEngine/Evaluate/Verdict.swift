import Core

/// A decision with names instead of indices, so that it can be recorded and compared with that of another rule set.
package struct Verdict: Sendable, Hashable {
  /// The rule that decided; `nil` if none did.
  package var rule: String?
  package var outcome: Kind
  /// The agent that is asked, by the rule or by the command.
  package var agent: String?
  /// The command that runs.
  package var command: String?
  /// The scope of the session; `nil` if no agent is asked and no command runs.
  package var session: SessionScope?

  /// The outcome, without its text.
  package enum Kind: String, Sendable, CaseIterable {
    case ask, say, deny, run, refuse, hint, ignored, own, system
    case noAccess = "no-access"
    case noRule = "no-rule"
    case unknownCommand = "unknown-command"
  }

  package init(
    rule: String? = nil, outcome: Kind, agent: String? = nil, command: String? = nil, session: SessionScope? = nil
  ) {
    self.rule = rule
    self.outcome = outcome
    self.agent = agent
    self.command = command
    self.session = session
  }

  /// Creates the verdict of a decision of a rule set.
  package init(_ decision: Decision, in set: RuleSet) {
    let rule = decision.rule.map { set.rules[$0] }
    self.init(rule: rule?.name, outcome: Kind(decision.outcome))
    switch decision.outcome {
    case .ask(let agent):
      self.agent = agent
      session = rule?.session.scope
    case .run(let index, _):
      let binding = set.commands.bindings[index]
      command = binding.name
      session = rule?.session.scope
      if case .prompt(_, let agent) = binding.action { self.agent = agent ?? rule?.agent }
    case .refuse(let index): command = set.commands.bindings[index].name
    case .silent, .say, .deny, .hint: break
    }
  }
}

extension Verdict.Kind {
  /// True if nothing happens.
  package var isSilent: Bool {
    switch self {
    case .ignored, .own, .system, .noAccess, .noRule, .unknownCommand: true
    case .ask, .say, .deny, .run, .refuse, .hint: false
    }
  }

  package init(_ outcome: Outcome) {
    self =
      switch outcome {
      case .silent(.own): .own
      case .silent(.system): .system
      case .silent(.noAccess): .noAccess
      case .silent(.noRule): .noRule
      case .silent(.ignored): .ignored
      case .silent(.unknownCommand): .unknownCommand
      case .ask: .ask
      case .say: .say
      case .deny: .deny
      case .run: .run
      case .refuse: .refuse
      case .hint: .hint
      }
  }
}

extension Rule {
  /// The agent that the rule asks, or `nil` if it asks none.
  package var agent: String? { if case .agent(let name) = action { name } else { nil } }
}

extension Verdict: CustomStringConvertible {
  /// The verdict in words: ``rule `talk` asks agent `echo` (session: thread)``.
  package var description: String {
    let scope = session.map { " (session: \($0.rawValue))" } ?? ""
    guard let rule = rule.map({ "rule \($0.inBackticks)" }) else {
      return switch outcome {
      case .deny: "no access, with a reply"
      case .noAccess: "no access"
      case .own: "the bot's own"
      case .system: "the server's own"
      default: "no rule"
      }
    }
    return switch outcome {
    case .ask: "\(rule) asks agent \((agent ?? "").inBackticks)\(scope)"
    case .say: "\(rule) posts a text"
    case .deny: "\(rule) denies it"
    case .run:
      "\(rule) runs command \((command ?? "").inBackticks)\(agent.map { " of agent \($0.inBackticks)" } ?? "")\(scope)"
    case .refuse: "\(rule) refuses command \((command ?? "").inBackticks)"
    case .hint: "\(rule) suggests a command"
    case .unknownCommand: "\(rule) ignores an unknown command"
    case .ignored, .own, .system, .noAccess, .noRule: "\(rule) ignores it"
    }
  }
}
