import ConfigLoader
import Foundation
import RuleEngine
import Testing

/// Whatever a good file looks like: laid out it says the same, with every comment, and laid out again it stays.
@Suite struct FormatPropertyTests {
  @Test(arguments: 0..<150 as Range<UInt64>)
  func `a generated file keeps its meaning and its comments`(seed: UInt64) throws {
    let file = WrittenFile(seed: seed)
    let before = try rules(file.text)
    let once = try formatted(file.text)
    #expect(rulesWithoutPlaces(try rules(once)) == rulesWithoutPlaces(before))
    let words = once.split { " \n".contains($0) }.filter { $0.hasPrefix("#c") }
    #expect(Set(words).count == words.count)
    #expect(words.count == file.comments)
    #expect(try formatted(once) == once)
    #expect(!once.contains("\r") && !once.contains("\n\n\n") || once.contains("|+"))
  }

  @Test(arguments: Golden.files)
  func `a file with errors is left alone, any other keeps its comments`(golden: Golden) throws {
    let source = try RulesFile.read(path: Golden.folder.appending(path: golden.name).path())
    func formatted(_ source: SourceText) throws -> String {
      try RulesFormatter.format(source, environment: golden.environment, now: now)
    }
    // A variable that is not at hand keeps no file from being laid out.
    guard golden.expected.allSatisfy({ $0.hasPrefix("W") || $0.hasPrefix("E0208") }) else {
      #expect(throws: RulesFormatterError.self) { _ = try formatted(source) }
      return
    }
    let once = try formatted(source)
    #expect(try formatted(SourceText(file: golden.name, text: once)) == once)
    #expect(once.components(separatedBy: "# expected").count == source.text.components(separatedBy: "# expected").count)
  }

  @Test func `the built-in rules are laid out`() throws {
    #expect(try formatted(RulesFile.builtInText) == RulesFile.builtInText)
  }

  private func rulesWithoutPlaces(_ set: RuleSet) -> RuleSet {
    let nowhere = FileLocation(file: "", line: 0, column: 0)
    var set = set
    for index in set.agents.indices { set.agents[index].location = nowhere }
    for index in set.commands.bindings.indices { set.commands.bindings[index].location = nowhere }
    for index in set.rules.indices { set.rules[index].location = nowhere }
    for index in set.tests.indices { set.tests[index].location = nowhere }
    return set
  }
}

func formatted(_ text: String, _ environment: [String: String] = [:]) throws -> String {
  try RulesFormatter.format(SourceText(file: "rules.yaml", text: text), environment: environment, now: now)
}
