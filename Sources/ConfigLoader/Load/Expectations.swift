import RuleEngine

/// One thing that a test expects, and what came instead; nil is none.
enum Difference: Sendable, Equatable {
  case rule(String?, came: String?)
  case agent(String, came: String?)
  case command(String, came: String?)
  case session(SessionScope, came: SessionScope?)
  case say(String, came: String?)
  case deny(String, came: String?)
  case ignore(Bool)
}

/// Why a test's post came to less than it was expected to.
enum Shortfall: Sendable, Equatable {
  case noAccess
  case refused(command: String)
  case unbound(command: String)
  case shadow(rule: String)
  case condition(ConditionKey, rule: String)
}

extension RulesReader {
  /// Asks a file without errors what it expects of itself. Names stand for themselves: no server is asked.
  mutating func checkTests(of set: RuleSet) {
    guard set.tests.count * set.rules.count <= Limits.rulesAskedByTestsMax else {
      if let span = testSpans.first { findings.add(.tooManyTests(set.tests.count, rules: set.rules.count, at: span)) }
      return
    }
    // What cannot be compiled although nothing is wrong with it shows when the gateway starts; no test can be asked.
    guard !set.tests.isEmpty, let rules = try? CompiledRules(set), let tracer = try? RuleTracer(set) else { return }
    for (test, span) in zip(set.tests, testSpans) where !findings.isFull {
      let differences = Came(rules.decide(test.given), in: set).differences(from: test.expect)
      guard !differences.isEmpty else { continue }
      // The trace is asked for here only, because it would slow down the many tests that hold.
      let decision = tracer.decide(test.given)
      findings.add(
        .expectationFails(test.name, differences, because: decision.shortfall(of: test.expect, in: set), at: span))
    }
  }
}

/// What came of a test's post, in the terms of `expect`.
private struct Came {
  var rule: String?
  var agent: String?
  var command: String?
  var session: SessionScope?
  var say: String?
  var deny: String?
  var isSilent = false

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

extension Decision {
  fileprivate func shortfall(of expect: Expectation, in set: RuleSet) -> Shortfall? {
    switch outcome {
    case .silent(.noAccess): return .noAccess
    case .deny where rule == nil: return .noAccess
    case .refuse(let index): return .refused(command: set.commands.bindings[index].name)
    case .hint(let name): return .unbound(command: String(name))
    default: break
    }
    guard case .named(let name)? = expect.rule else { return nil }
    if shadows.contains(where: { set.rules[$0].name == name }) { return .shadow(rule: name) }
    return trace.first { set.rules[$0.rule].name == name }.map { .condition($0.failed, rule: name) }
  }
}
