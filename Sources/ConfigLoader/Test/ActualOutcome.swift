import RuleEngine

/// What came of a test's post, in the terms of `expect`.
struct ActualOutcome {
  private var rule: String?
  private var agent: String?
  private var command: String?
  private var session: SessionScope?
  private var say: String?
  private var deny: String?
  private var isSilent = false

  init(_ decision: Decision, in set: RuleSet) {
    let rule = decision.rule.map { set.rules[$0] }
    self.rule = rule?.name
    session = rule?.session.scope
    switch decision.outcome {
    case .silent: isSilent = true
    case .ask(let agent): self.agent = agent
    case .say(let text): say = text.written
    case .deny(let text): deny = text.written
    case .run(let index, _): run(set.commands.bindings[index], rule)
    case .refuse, .hint: break
    }
  }

  private mutating func run(_ binding: CommandBinding, _ rule: Rule?) {
    command = binding.name
    switch binding.action {
    case .builtin: break
    case .say(let text): say = text.written
    case .prompt(_, let agent?): self.agent = agent
    case .prompt(_, nil): if case .agent(let agent)? = rule?.action { self.agent = agent }
    }
  }

  func differences(from expect: Expectation) -> [Difference] {
    var found: [Difference] = []
    switch expect.rule {
    case .named(let name)? where name != rule: found.append(.rule(name, came: rule))
    case Expectation.ExpectedRule.none? where rule != nil: found.append(.rule(nil, came: rule))
    default: break
    }
    if let wanted = expect.agent, wanted != agent { found.append(.agent(wanted, came: agent)) }
    if let wanted = expect.command, wanted != command { found.append(.command(wanted, came: command)) }
    if let wanted = expect.session, wanted != session { found.append(.session(wanted, came: session)) }
    if let wanted = expect.say, wanted != say { found.append(.say(wanted, came: say)) }
    if let wanted = expect.deny, wanted != deny { found.append(.deny(wanted, came: deny)) }
    if let wanted = expect.ignore, wanted != isSilent { found.append(.ignore(wanted)) }
    return found
  }
}
