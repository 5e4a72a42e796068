import Core
import RuleAnalysis
import Testing

@testable import RuleAnalysis
@testable import RuleEngine

@Suite struct ExplainTwinTests {
  private func withCases(_ batch: Int, _ body: (Explainer, Event, UInt64) throws -> Void) throws {
    for number in 0..<40 {
      let seed = UInt64(10_000 + batch * 1_000 + number)
      var generator = Generator(seed: seed)
      let explainer = try Explainer(generator.ruleSet())
      for _ in 0..<10 { try body(explainer, generator.event(), seed) }
    }
  }

  @Test(arguments: 0..<4) func `an explanation has the decision and the keys that failed`(
    batch: Int
  ) throws {
    try withCases(batch) { explainer, event, seed in
      let explanation = explainer.explain(event)
      var decision = explainer.tracer.decide(event)
      let failures = explanation.tried.compactMap { tried -> TraceStep? in
        guard case .fails(let result, let keys) = tried.verdict else { return nil }
        #expect(keys.first == result.key, "seed \(seed)")
        var alone = result
        alone.parts = []
        #expect(explainer.failure(of: tried.rule, on: event) == alone, "seed \(seed)")
        return TraceStep(rule: tried.rule, failed: result.key)
      }
      #expect(failures == decision.trace, "seed \(seed)")
      let shadows = explanation.tried.filter { $0.verdict == .wouldDecide }.map(\.rule)
      #expect(shadows == decision.shadows, "seed \(seed)")
      decision.trace = []
      #expect(explanation.decision == decision, "seed \(seed)")
    }
  }

  @Test(arguments: 0..<4) func `a nearest miss is answered, and no change of one fact is nearer`(batch: Int) throws {
    var misses = 0
    try withCases(batch) { explainer, event, seed in
      let explanation = explainer.explain(event)
      for miss in explanation.nearest {
        misses += 1
        var changed = event
        for change in miss.changes { changed = change.applied(to: changed, NameDirectory()) }
        #expect(changed == miss.event, "seed \(seed)")
        #expect(explainer.rules.decide(changed) == miss.decision, "seed \(seed)")
        #expect(miss.decision.outcome.isAnswer, "seed \(seed)")
      }
      if case .silent(.unknownCommand) = explanation.decision.outcome { return }
      guard case .silent = explanation.decision.outcome, explanation.nearest.first?.changes.count != 1 else { return }
      let nearer = singles.first {
        explainer.rules.decide($0.applied(to: event, NameDirectory())).outcome.isAnswer
      }
      #expect(nearer == nil, "seed \(seed): \(explainer.rules.ruleSet.rules.map(\.when)) \(event)")
    }
    #expect(misses > 100)
  }

  /// All changes of one fact to a value of the generator, except for texts and times, which have no finite list.
  private let singles: [FactChange] =
    Field.facts.flatMap { fact in fact.domain.values.map { .fact(fact.key, $0.word) } }
    .filter { $0 != .fact(.author, "own") && $0 != .fact(.author, "system") }
    + ["dev", "ops", "town-square"].map { .name(.channel, $0) } + [.name(.team, "acme"), .name(.team, "")]
    + ["alice", "bob", "carol.o-brien"].map { .name(.user, $0) }
}
