package import Core
package import RuleAnalysis
package import RuleEngine

/// Runs tests against a rule set. Names are not resolved by a server.
package struct RuleTester: Sendable {
  /// The rules, with their traces.
  package let explainer: Explainer

  /// Compiles a rule set.
  /// - Throws: the problem of a regular expression. Rules that were loaded without errors have none.
  package init(_ set: RuleSet) throws(RuleSetError) {
    explainer = try Explainer(set)
  }

  /// Runs one test.
  /// - Parameter traced: whether the decision has its trace, which takes longer.
  package func run(_ test: RuleTest, traced: Bool = false) -> TestResult {
    let set = explainer.rules.ruleSet
    let decision = traced ? explainer.tracer.decide(test.given) : explainer.rules.decide(test.given)
    let mismatches = ActualOutcome(decision, in: set).mismatches(with: test.expect)
    guard !mismatches.isEmpty else { return TestResult(test: test, decision: decision) }
    return TestResult(
      test: test, decision: decision, mismatches: mismatches, cause: FailureCause(decision, of: test, by: explainer),
      note: AssumedBot(said: nil, rules: set, lastStart: nil).note(on: test.given))
  }
}

/// The result of one test.
package struct TestResult: Sendable, Equatable {
  /// The test.
  package let test: RuleTest
  /// The decision on the test's post.
  package let decision: Decision
  /// The keys of `expect` that do not match the decision; empty if the test passes.
  package var mismatches: [Mismatch] = []
  /// The reason why the expected rule or command was not reached, if it is known.
  package var cause: FailureCause?
  /// A hint at a likely mistake in a failing test, such as a mention of another user than the bot.
  package var note: String?

  package var passes: Bool { mismatches.isEmpty }
}

/// A key of `expect` whose value differs from the actual one; `nil` means none.
package enum Mismatch: Sendable, Equatable {
  case rule(String?, actual: String?)
  case agent(String, actual: String?)
  case command(String, actual: String?)
  case session(SessionScope, actual: SessionScope?)
  case say(String, actual: String?)
  case deny(String, actual: String?)
  case ignore(Bool)

  /// The key of `expect`.
  package var key: String {
    switch self {
    case .rule: "rule"
    case .agent: "agent"
    case .command: "command"
    case .session: "session"
    case .say: "say"
    case .deny: "deny"
    case .ignore: "ignore"
    }
  }

  /// Both values in the notation of rules files; `nil` means none.
  package var values: (expected: String?, actual: String?) {
    switch self {
    case .rule(let expected, let actual): (expected, actual)
    case .agent(let expected, let actual), .command(let expected, let actual), .say(let expected, let actual),
      .deny(let expected, let actual):
      (expected, actual)
    case .session(let expected, let actual): (expected.rawValue, actual?.rawValue)
    case .ignore(let expected): ("\(expected)", "\(!expected)")
    }
  }
}

/// The reason why a test's post did not reach the expected rule or command.
package enum FailureCause: Sendable, Equatable {
  case notHeard(Author)
  case noAccess
  case refused(command: String)
  case unbound(command: String)
  case shadow(rule: String)
  case condition(ConditionResult, rule: String)

  /// Finds the reason in a decision, or returns `nil` if there is none.
  init?(_ decision: Decision, of test: RuleTest, by explainer: Explainer) {
    let set = explainer.rules.ruleSet
    switch decision.outcome {
    case .silent(.own), .silent(.system): self = .notHeard(test.given.author)
    case .silent(.noAccess): self = .noAccess
    case .deny where decision.rule == nil: self = .noAccess
    case .refuse(let index): self = .refused(command: set.commands.bindings[index].name)
    case .hint(let name): self = .unbound(command: String(name))
    default:
      // Rules below the deciding one were not tried.
      guard case .named(let name)? = test.expect.rule,
        let rule = set.rules.prefix(decision.rule ?? .max).firstIndex(where: { $0.name == name })
      else { return nil }
      self = explainer.failure(of: rule, on: test.given).map { .condition($0, rule: name) } ?? .shadow(rule: name)
    }
  }
}

/// A decision in the terms of `expect`.
private struct ActualOutcome {
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

  func mismatches(with expect: Expectation) -> [Mismatch] {
    var found: [Mismatch] = []
    switch expect.rule {
    case .named(let name)? where name != rule: found.append(.rule(name, actual: rule))
    case Expectation.ExpectedRule.none? where rule != nil: found.append(.rule(nil, actual: rule))
    default: break
    }
    if let expected = expect.agent, expected != agent { found.append(.agent(expected, actual: agent)) }
    if let expected = expect.command, expected != command { found.append(.command(expected, actual: command)) }
    if let expected = expect.session, expected != session { found.append(.session(expected, actual: session)) }
    if let expected = expect.say, expected != say { found.append(.say(expected, actual: say)) }
    if let expected = expect.deny, expected != deny { found.append(.deny(expected, actual: deny)) }
    if let expected = expect.ignore, expected != isSilent { found.append(.ignore(expected)) }
    return found
  }
}
