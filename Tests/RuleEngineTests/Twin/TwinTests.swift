import RuleEngine
import Testing
import Vocabulary

@Suite struct TwinTests {
  @Test(arguments: 0..<8) func `compiled and traced rules decide as the plain evaluator does`(batch: Int) throws {
    for case_ in 0..<60 {
      let seed = UInt64(batch * 1_000 + case_)
      var generator = Generator(seed: seed)
      let rules = generator.ruleSet()
      let events = (0..<25).map { _ in generator.event() }
      let answers = try Answers(rules)
      guard let event = events.first(where: { !answers.agree(on: $0) }) else { continue }
      let small = try shrink(rules, event)
      Issue.record(
        "seed \(seed): \(try Answers(small).decisions(of: event))\nrules: \(small.rules)\nevent: \(event)")
      return
    }
  }

  /// The three ways to a decision.
  private struct Answers {
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

  private func disagree(_ rules: RuleSet, _ event: Event) throws -> Bool { try !Answers(rules).agree(on: event) }

  /// Leaves out rules and conditions for as long as the two still disagree.
  private func shrink(_ rules: RuleSet, _ event: Event) throws -> RuleSet {
    for smaller in simplifications(of: rules) where try disagree(smaller, event) {
      return try shrink(smaller, event)
    }
    return rules
  }

  private func simplifications(of rules: RuleSet) -> [RuleSet] {
    var all: [RuleSet] = []
    for index in rules.rules.indices {
      var fewer = rules
      fewer.rules.remove(at: index)
      all.append(fewer)
      for condition in simplifications(of: rules.rules[index].when) {
        var simpler = rules
        simpler.rules[index].when = condition
        all.append(simpler)
      }
    }
    return all
  }

  private func simplifications(of condition: Condition) -> [Condition] {
    let leaveOut: [(inout Condition) -> Void] = [
      { $0.triggers = nil }, { $0.mention = nil }, { $0.channels = nil }, { $0.teams = nil }, { $0.users = nil },
      { $0.kinds = nil }, { $0.authors = nil }, { $0.commands = nil }, { $0.text = [] }, { $0.hasFiles = nil },
      { $0.thread = nil }, { $0.isEdit = nil }, { $0.time = nil }, { $0.not = [] }, { $0.any = [] },
    ]
    return leaveOut.compactMap { change in
      var simpler = condition
      change(&simpler)
      return simpler == condition ? nil : simpler
    }
  }
}
