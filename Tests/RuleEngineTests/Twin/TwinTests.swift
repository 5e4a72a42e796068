import Core
import RuleEngine
import Testing

@Suite struct TwinTests {
  @Test(arguments: 0..<8) func `compiled and traced rules decide like the plain evaluator`(batch: Int) throws {
    for number in 0..<60 {
      var generator = Generator(seed: UInt64(batch * 1_000 + number))
      let rules = generator.ruleSet()
      if try !hold(rules, (0..<25).map { _ in generator.event() }, "batch \(batch), number \(number)") { return }
    }
  }

  /// Names with more rules than are searched one by one, and long lists of rules.
  @Test(arguments: 0..<8) func `rules that crowd around few names decide like the plain evaluator`(
    batch: Int
  ) throws {
    var late = 0
    for number in 0..<10 {
      var generator = Generator(seed: UInt64(100_000 + batch * 1_000 + number))
      let rules = generator.crowdedRuleSet()
      let events = (0..<40).map { _ in generator.event() }
      if try !hold(rules, events, "batch \(batch), number \(number)") { return }
      let plain = PlainEvaluator(rules: rules)
      late += events.count { plain.decide($0).rule ?? 0 > 32 }
    }
    #expect(late > 10)
  }

  /// Returns whether all three implementations make equal decisions; if not, records the smallest failing case.
  private func hold(_ rules: RuleSet, _ events: [Event], _ seed: String) throws -> Bool {
    let ways = try Ways(rules)
    guard let event = events.first(where: { !ways.agree(on: $0) }) else { return true }
    let small = try FailingCase(rules: rules, event: event).shrunk { try !Ways($0.rules).agree(on: $0.event) }
    let decisions = try Ways(small.rules).decisions(of: small.event)
    Issue.record("\(seed): \(decisions)\nrules: \(small.rules)\nevent: \(small.event)")
    return false
  }

  /// The three implementations of decisions.
  private struct Ways {
    let compiled: CompiledRules
    let tracer: RuleTracer
    let plain: PlainEvaluator

    init(_ rules: RuleSet) throws {
      (compiled, tracer, plain) = (try CompiledRules(rules), try RuleTracer(rules), PlainEvaluator(rules: rules))
    }

    func decisions(of event: Event) -> (compiled: Decision, traced: Decision, plain: Decision) {
      (compiled.decide(event), tracer.decide(event), plain.decide(event))
    }

    func agree(on event: Event) -> Bool {
      let (compiled, traced, plain) = decisions(of: event)
      var untraced = plain
      untraced.trace = []
      return traced == plain && compiled == untraced
    }
  }
}
