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

  @Test(arguments: Starter.allCases)
  func `it tells editors of the schema and reads like a page of 80 columns`(starter: Starter) {
    let lines = text(starter).split(separator: "\n")
    #expect(lines.first == "# yaml-language-server: $schema=edgecrab.schema.json")
    for line in lines { #expect(line.count <= 80, "\(line)") }
  }

  private func text(_ starter: Starter) -> String { String(decoding: starter.yaml, as: UTF8.self) }
}
