/// A decision by names alone, so that those of different rule sets can be compared, and recorded.
package struct Verdict: Sendable, Hashable {
  /// The rule that decided; nil where none did.
  package var rule: String?
  /// What was to happen.
  package var outcome: Kind
  /// The agent that was to be asked, by the rule or by the command.
  package var agent: String?
  /// The command that was to run.
  package var command: String?
  /// Whose conversation the event belonged to; nil where nothing was asked or run.
  package var session: SessionScope?

  /// What happens, without what is said.
  package enum Kind: String, Sendable, CaseIterable {
    case ask, say, deny, run, refuse, hint, ignored, own, system
    case noAccess = "no-access"
    case noRule = "no-rule"
    case unknownCommand = "unknown-command"
  }

  /// States a verdict.
  package init(
    rule: String? = nil, outcome: Kind, agent: String? = nil, command: String? = nil, session: SessionScope? = nil
  ) {
    self.rule = rule
    self.outcome = outcome
    self.agent = agent
    self.command = command
    self.session = session
  }

  /// What a decision of this rule set comes to.
  package init(_ decision: Decision, in set: RuleSet) {
    let rule = decision.rule.map { set.rules[$0] }
    self.init(rule: rule?.name, outcome: .noRule)
    switch decision.outcome {
    case .silent(let why): outcome = Kind(why)
    case .ask(let agent):
      outcome = .ask
      self.agent = agent
      session = rule?.session.scope
    case .say: outcome = .say
    case .deny: outcome = .deny
    case .run(let index, _):
      let binding = set.commands.bindings[index]
      outcome = .run
      command = binding.name
      session = rule?.session.scope
      if case .prompt(_, let agent) = binding.action { self.agent = agent ?? rule?.agent }
    case .refuse(let index):
      outcome = .refuse
      command = set.commands.bindings[index].name
    case .hint: outcome = .hint
    }
  }
}

extension Verdict.Kind {
  /// Whether nothing happens.
  package var isSilent: Bool {
    switch self {
    case .ignored, .own, .system, .noAccess, .noRule, .unknownCommand: true
    case .ask, .say, .deny, .run, .refuse, .hint: false
    }
  }

  fileprivate init(_ why: IgnoreReason) {
    self =
      switch why {
      case .own: .own
      case .system: .system
      case .noAccess: .noAccess
      case .noRule: .noRule
      case .ignored: .ignored
      case .unknownCommand: .unknownCommand
      }
  }
}

extension Rule {
  fileprivate var agent: String? { if case .agent(let name) = action { name } else { nil } }
}
