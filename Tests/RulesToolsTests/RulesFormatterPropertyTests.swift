import ConfigLoader
import Foundation
import RuleEngine
import RulesTools
import TestSupport
import Testing

@Suite struct RulesFormatterPropertyTests {
  @Test(arguments: 0..<150 as Range<UInt64>)
  func `a random rules file keeps its meaning and its comments, and is formatted once and for all`(seed: UInt64) throws
  {
    let file = RandomRulesFile(seed: seed)
    let before = try rules(file.text)
    let once = try formatted(file.text)
    #expect(rulesWithoutLocations(try rules(once)) == rulesWithoutLocations(before))
    let words = once.split { " \n".contains($0) }.filter { $0.hasPrefix("#c") }
    #expect(Set(words).count == words.count)
    #expect(words.count == file.comments)
    #expect(try formatted(once) == once)
    #expect(!once.contains("\r") && !once.contains("\n\n\n") || once.contains("|+"))
  }

  @Test func `the built-in rules are formatted`() throws {
    #expect(try formatted(RulesFile.builtInText) == RulesFile.builtInText)
  }

  private func rulesWithoutLocations(_ set: RuleSet) -> RuleSet {
    let nowhere = FileLocation(file: "", line: 0, column: 0)
    var set = set
    for index in set.agents.indices { set.agents[index].location = nowhere }
    for index in set.commands.bindings.indices { set.commands.bindings[index].location = nowhere }
    for index in set.rules.indices { set.rules[index].location = nowhere }
    for index in set.tests.indices { set.tests[index].location = nowhere }
    return set
  }
}
