import RuleEngine

extension ConfigNode {
  /// Whether this is a file of tests for rules that stand elsewhere.
  var holdsTestsAlone: Bool {
    guard case .mapping(let entries) = value else { return false }
    let keys = Set(entries.map(\.key))
    return keys.contains(Schema.File.tests.row.name) && keys.isSubset(of: Schema.TestFile.section.keys.map(\.name))
  }
}

extension RulesReader {
  /// Asks a file without errors what it expects of itself.
  mutating func checkTests(of set: RuleSet) {
    guard set.tests.count * set.rules.count <= Limits.rulesAskedByTestsMax else {
      if let span = testSpans.first { findings.add(.tooManyTests(set.tests.count, rules: set.rules.count, at: span)) }
      return
    }
    guard !set.tests.isEmpty else { return }
    let bench: RuleTester
    do throws(RuleSetError) {
      bench = try RuleTester(set)
    } catch {
      // Each expression was tried when it was read. What cannot be used together after all, no gateway can run.
      findings.add(.badExpression("\(error)", at: .fileStart))
      return
    }
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
    bot = set.bot
    access = set.access
    hasAdmin = set.access.admin != nil
    for agent in set.agents { agentSpans[agent.name] = .fileStart }
    for rule in set.rules { ruleSpans[rule.name] = .fileStart }
    for binding in set.commands.bindings {
      for name in [binding.name] + binding.aliases { commandNames[name] = (binding.name, nil) }
    }
  }
}
