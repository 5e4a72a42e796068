import ConfigLoader
import RuleEngine
import RulesTools
import TestSupport
import Testing

@Suite struct DefaultRulesTests {
  @Test(arguments: [[:], ["MATTERMOST_ALLOWED_USERS": "*"], ["MATTERMOST_ALLOWED_USERS": "carol, @Bob"]])
  func `the built-in rules have no diagnostics`(environment: [String: String]) {
    let loaded = RulesFile.builtIn(environment: environment, now: now).analyzed()
    #expect(loaded.report == "")
    #expect(loaded.rules?.tests.count == 9)
  }

  @Test func `the built-in rules bind the eight commands`() throws {
    let bindings = try #require(RulesFile.builtIn(environment: [:], now: now).rules).commands.bindings
    #expect(
      bindings.flatMap { [$0.name] + $0.aliases } == [
        "help", "new", "reset", "stop", "retry", "status", "usage", "hooks",
      ])
  }

  @Test func `MATTERMOST_ALLOWED_USERS limits who may talk`() throws {
    let loaded = RulesFile.builtIn(environment: ["MATTERMOST_ALLOWED_USERS": "alice bob"], now: now)
    #expect(loaded.rules?.access.users == NameSet(["alice", "bob"]))
  }

  @Test func `the file of the built-in rules fits 80 columns`() {
    for line in RulesFile.builtInText.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
  }
}
