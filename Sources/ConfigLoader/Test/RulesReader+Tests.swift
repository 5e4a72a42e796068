import RuleEngine

extension RulesReader {
  /// Asks a file without errors what it expects of itself.
  mutating func checkTests(of set: RuleSet) {
    guard set.tests.count * set.rules.count <= Limits.rulesAskedByTestsMax else {
      if let span = testSpans.first { findings.add(.tooManyTests(set.tests.count, rules: set.rules.count, at: span)) }
      return
    }
    // What cannot be compiled although nothing is wrong with it shows when the gateway starts; no test can be asked.
    guard !set.tests.isEmpty, let bench = try? TestBench(set) else { return }
    for (test, span) in zip(set.tests, testSpans) where !findings.isFull {
      let result = bench.result(of: test)
      if !result.holds { findings.add(.expectationFails(result, at: span)) }
    }
  }

  /// The tests of a file that holds nothing else, for rules that were read before.
  mutating func tests(_ root: ConfigNode, of set: RuleSet) -> [RuleTest]? {
    know(set)
    guard let fields = fields(root, as: Schema.TestFile.section, Schema.TestFile.section.phrase) else { return nil }
    value(Schema.File.version, in: fields)
    let tests = value(Schema.File.tests, in: fields)
    return findings.errors == 0 ? tests : nil
  }

  /// Takes over the names that tests may use. They stand in another file, so that no finding points at them.
  private mutating func know(_ set: RuleSet) {
    access = set.access
    hasAdmin = set.access.admin != nil
    for agent in set.agents { agentSpans[agent.name] = .fileStart }
    for rule in set.rules { ruleSpans[rule.name] = .fileStart }
    for binding in set.commands.bindings {
      for name in [binding.name] + binding.aliases { commandNames[name] = (binding.name, nil) }
    }
  }
}
