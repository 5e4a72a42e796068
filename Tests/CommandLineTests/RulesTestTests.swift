import Foundation
import TestSupport
import Testing

@Suite struct RulesTestTests {
  private let folder: TemporaryFolder
  private let rules: String
  private let tests: String

  init() throws {
    folder = try TemporaryFolder()
    rules = try folder.write(
      """
      version: 1
      agents: { echo: { type: echo } }
      rules: [{ name: talk, when: { trigger: [dm, mention] }, agent: echo }]
      tests: [{ name: its own, given: { kind: direct }, expect: { rule: talk } }]
      """, to: "my.yaml")
    tests = try folder.write(
      "version: 1\ntests: [{ name: more, given: { text: hi }, expect: { rule: talk } }]\n", to: "more.yaml")
  }

  private func test(_ arguments: String...) async throws -> EdgecrabProcess.Ended {
    try await EdgecrabProcess(["rules", "test"] + arguments).ended()
  }

  @Test func `without arguments, the tests of the built-in rules pass and cover them`() async throws {
    let ended = try await test("--coverage", "--fail-under", "100")
    #expect(ended.status == 0, "\(ended)")
    #expect(ended.output.hasPrefix("the built-in rules: 9 tests pass\n"))
    #expect(ended.output.contains("2 of 2 rules decide a test"))
  }

  @Test func `rules test runs the tests of a rules file`() async throws {
    let ended = try await test(rules)
    #expect(ended.status == 0)
    #expect(ended.output == "\(rules): 1 test passes\n")
  }

  @Test func `a file of tests runs against the given rules, in addition to their own tests`() async throws {
    let ended = try await test("--rules", rules, tests)
    #expect(ended.status == 1)
    #expect(
      ended.output.contains("\(tests):2:11: the test `more` fails\n  expected rule `talk`, but no rule decides\n"))
    #expect(ended.output.contains("    ✗ talk"))
    #expect(ended.output.contains("        trigger: expected mention or dm, found a plain message\n"))
    #expect(ended.output.hasSuffix("\(rules): 1 of 2 tests pass, 1 fails\n"))
  }

  @Test func `a file of tests alone runs against the rules that the gateway would use`() async throws {
    let ended = try await test(tests)
    #expect(ended.status == 2)
    #expect(ended.errors.contains("\(tests):2:"))
    #expect(ended.errors.contains("there is no rule `talk`"))
    #expect(
      ended.errors.hasSuffix(
        "\nedgecrab: these tests were run against the built-in rules; --rules FILE selects other rules\n"))
  }

  @Test func `contradictory arguments are refused with the remedy`() async throws {
    let both = try await test(rules, tests)
    #expect(both.status == 2)
    #expect(both.errors == "edgecrab: `\(tests)` has only tests; name the rules for them: `--rules \(rules)`\n")
    let twice = try await test("--rules", rules, rules)
    #expect(twice.status == 2)
    #expect(twice.errors.contains("has rules of its own; omit --rules"))
    let none = try await test("--filter", "nothing", rules)
    #expect(none.status == 2)
    #expect(none.errors == "edgecrab: no test has a name that contains `nothing`\n")
    let missing = try await test("/nonexistent/rules.yaml")
    #expect(missing.status == 2)
  }

  @Test func `too little coverage exits with 1`() async throws {
    let ended = try await test("--fail-under", "90", rules)
    #expect(ended.status == 1)
    #expect(ended.output.contains("\(rules):3: `trigger` fails in no test"))
    #expect(ended.errors == "edgecrab: the coverage of \(rules) is 66 %, less than 90 %\n")
  }

  @Test func `a file with errors exits with 2 and its diagnostics, and the others are tested`() async throws {
    let bad = try folder.write("version: 1\nrules: [{ name: a }]\n", to: "bad.yaml")
    let ended = try await test(bad, rules)
    #expect(ended.status == 2)
    #expect(ended.errors.contains("\(bad):2:"))
    #expect(ended.output == "\(rules): 1 test passes\n")
    let json = try await test("--format", "json", bad, rules)
    for said in [#""holds": false"#, "a rule must do something"] { #expect(json.output.contains(said)) }
    let junit = try await test("--format", "junit", bad, rules)
    #expect(junit.output.contains(#"<testsuites tests="2" failures="0" errors="1">"#), "\(junit.output)")
  }

  @Test(arguments: ["json", "junit"])
  func `rules test has formats for programs`(format: String) async throws {
    let ended = try await test("--format", format, "--rules", rules, tests)
    #expect(ended.status == 1)
    #expect(
      ended.output.contains(format == "json" ? #""holds": false"# : #"<testcase classname="\#(tests)" name="more""#))
  }
}
