import BuiltInRules
import ConfigLoader
import RuleEngine
import Testing

@Suite struct StarterTests {
  @Test(arguments: Starter.allCases)
  func `a file to start from is good and holds what it expects of itself`(starter: Starter) throws {
    let loaded = load(text(starter))
    #expect(loaded.report == "")
    let rules = try #require(loaded.rules)
    #expect(rules.tests.count >= 3)
    // Each rule is what some test is about.
    for rule in rules.rules {
      #expect(rules.tests.contains { $0.expect.rule == .named(rule.name) }, "\(rule.name)")
    }
  }

  /// Issue 11, no. 23: on 1 January 1990, in November 2026, and in June 2090.
  @Test(arguments: Starter.allCases, [631_152_000_000, 1_795_000_000_000, 3_800_000_000_000] as [Int64])
  func `what it expects of itself holds on any day`(starter: Starter, now: Int64) {
    let loaded = RulesFile.load(text: text(starter), file: "rules.yaml", environment: [:], now: now)
    #expect(loaded.report == "")
  }

  @Test(arguments: Starter.allCases)
  func `it tells editors of the schema and reads like a page of 80 columns`(starter: Starter) {
    let lines = text(starter).split(separator: "\n")
    #expect(lines.first == "# yaml-language-server: $schema=edgecrab.schema.json")
    for line in lines { #expect(line.count <= 80, "\(line)") }
  }

  private func text(_ starter: Starter) -> String { String(decoding: starter.yaml, as: UTF8.self) }
}
