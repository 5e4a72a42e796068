import ConfigLoader
import RuleEngine
import Testing

@Suite struct DefaultRulesTests {
  @Test(arguments: [[:], ["MATTERMOST_ALLOWED_USERS": "*"], ["MATTERMOST_ALLOWED_USERS": "carol, @Bob"]])
  func `the built-in rules are clean and hold what they expect of themselves`(environment: [String: String]) {
    let loaded = RulesFile.builtIn(environment: environment, now: now).analyzed()
    #expect(loaded.report == "")
    #expect(loaded.rules?.tests.count == 9)
  }

  @Test func `the eight commands are there`() throws {
    let bindings = try #require(RulesFile.builtIn(environment: [:], now: now).rules).commands.bindings
    #expect(
      bindings.flatMap { [$0.name] + $0.aliases } == [
        "help", "new", "reset", "stop", "retry", "status", "usage", "hooks",
      ])
  }

  @Test func `only those named may talk`() throws {
    let loaded = RulesFile.builtIn(environment: ["MATTERMOST_ALLOWED_USERS": "alice bob"], now: now)
    #expect(loaded.rules?.access.users == NameSet(["alice", "bob"]))
  }

  @Test func `the file reads like a page of 80 columns`() {
    for line in RulesFile.builtInText.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
  }
}
