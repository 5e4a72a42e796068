import Core
import RuleEngine

/// Rules in both of their forms, which always decide the same.
struct Twins {
  let compiled: CompiledRules
  let tracer: RuleTracer

  init?(_ rules: RuleSet) {
    guard let compiled = try? CompiledRules(rules), let tracer = try? RuleTracer(rules) else { return nil }
    (self.compiled, self.tracer) = (compiled, tracer)
  }

  func disagreement(about event: Event) -> String? {
    let decision = compiled.decide(event)
    var traced = tracer.decide(event)
    traced.trace = []
    return decision == traced ? nil : "\(decision) when compiled, \(traced) when traced, of \(event)"
  }
}
