import ConfigLoader
import Core
import RuleEngine
import TestSupport
import Testing

@Suite struct TestFileTests {
  private func load(_ tests: String) throws -> LoadedTests {
    let set = try rules(
      """
      version: 1
      access: { users: [alice] }
      agents: { echo: { type: echo } }
      rules: [{ name: talk, when: { trigger: [dm, command] }, agent: echo }]
      """)
    return TestFile.load(SourceText(file: "tests.yaml", text: tests), of: set, environment: [:], now: now)
  }

  @Test func `a file of tests uses the names of other rules`() throws {
    let tests = try load(
      "version: 1\ntests: [{ name: t, given: { text: '!reset' }, expect: { rule: talk, command: reset, agent: echo } }]"
    )
    #expect(tests.report == "")
    let test = try #require(tests.tests?.first)
    #expect(test.given.user.name == "alice")
    #expect(test.expect.command == "new")
    #expect(test.location.file == "tests.yaml")
  }

  @Test(arguments: [
    ("rule: tallk", "tests.yaml:2:47: error: there is no rule `tallk`; did you mean `talk`? [E0304]"),
    ("agent: ecco", "tests.yaml:2:48: error: there is no agent `ecco`; did you mean `echo`? [E0301]"),
    ("command: stp", "tests.yaml:2:50: error: there is no command `stp`; did you mean `stop`? [E0303]"),
    ("sesion: user", "tests.yaml:2:41: error: unknown key `sesion`; did you mean `session`? [E0103]"),
  ])
  func `an error in a file of tests has its position`(expect: String, diagnostic: String) throws {
    let tests = try load("version: 1\ntests: [{ name: t, given: {}, expect: { \(expect) } }]")
    #expect(tests.tests == nil)
    #expect(tests.report.hasPrefix(diagnostic), "\(tests.report)")
  }

  @Test func `a file of tests needs its version, and has no other sections`() throws {
    let report = try load("tests: []\nagents: {}").report
    #expect(report.contains("a file of tests needs the key `version`"))
    #expect(report.contains("2:1: error: unknown key `agents`"))
  }

  @Test(arguments: [
    ("version: 1\ntests: []", true), ("version: 1\nrules: []\ntests: []", false), ("version: 1", false), ("[", false),
  ])
  func `a file with tests and without rules is a file of tests`(text: String, isOne: Bool) {
    #expect(TestFile.isOne(SourceText(file: "x", text: text)) == isOne)
  }

  @Test func `a file of tests that is loaded as rules is an error of its own`() {
    let report = TestSupport.load("version: 1\ntests: [{ name: a, given: { text: hi }, expect: { rule: none } }]\n")
      .report
    #expect(
      report == """
        rules.yaml:1:1: error: this file has tests, but no rules [E0203]
          version: 1
          ^~~~~~~
          help: `edgecrab rules test --rules RULES FILE` runs them; a rules file needs the key `rules`

        """)
    #expect(TestSupport.load("version: 1\nrulse: []\ntests: []\n").report.contains("did you mean `rules`?"))
  }
}
