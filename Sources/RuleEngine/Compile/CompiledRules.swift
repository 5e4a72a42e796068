public import Vocabulary

/// A rule set ready to decide events. It never changes; a new file makes a new one.
public struct CompiledRules: Sendable {
  /// What it was compiled from.
  public let ruleSet: RuleSet
  private let tracer: RuleTracer

  /// Compiles a rule set, its names resolved by `directory`.
  /// - Throws: what is wrong with a regular expression. A rule set that was loaded without findings has none such.
  public init(_ ruleSet: RuleSet, directory: Directory = Directory()) throws(RuleSetError) {
    self.ruleSet = ruleSet
    tracer = try RuleTracer(ruleSet, directory: directory)
  }

  /// What is to happen to an event, without a trace. Pure and total: the same event always comes to the same decision.
  public func decide(_ event: Event) -> Decision {
    var decision = tracer.decide(event)
    decision.trace = []
    return decision
  }

  /// Whether the user with this id may run the command with this index.
  public func mayRun(command: Int, user: String) -> Bool { tracer.mayRun(command: command, user: user) }
}
