import BuiltInRules
import ConfigLoader
import RuleEngine
import RulesTools
import TestSupport
import Testing

@Suite struct StarterTests {
  @Test(arguments: Starter.allCases)
  func `a starter has no diagnostics, and a test for each rule`(starter: Starter) throws {
    let loaded = load(text(starter))
    #expect(loaded.report == "")
    let rules = try #require(loaded.rules)
    #expect(rules.tests.count >= 3)
    for rule in rules.rules {
      #expect(rules.tests.contains { $0.expect.rule == .named(rule.name) }, "\(rule.name)")
    }
  }

  /// On 1 January 1990, in November 2026, and in June 2090.
  @Test(arguments: Starter.allCases, [631_152_000_000, 1_795_000_000_000, 3_800_000_000_000] as [Int64])
  func `the tests of a starter pass on any day`(starter: Starter, now: Int64) {
    let loaded = RulesFile.load(text: text(starter), file: "rules.yaml", environment: [:], now: now)
    #expect(loaded.report == "")
  }

  @Test(arguments: Starter.allCases)
  func `a starter names its schema for editors and fits 80 columns`(starter: Starter) {
    let lines = text(starter).split(separator: "\n")
    #expect(lines.first == "# yaml-language-server: $schema=edgecrab.schema.json")
    for line in lines { #expect(line.count <= 80, "\(line)") }
  }

  private func text(_ starter: Starter) -> String { String(decoding: starter.yaml, as: UTF8.self) }
}
