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

  @Test func `the built-in rules hold and are covered where no file is named`() async throws {
    let ended = try await test("--coverage", "--fail-under", "100")
    #expect(ended.status == 0, "\(ended)")
    #expect(ended.output.hasPrefix("the built-in rules: 9 tests hold\n"))
    #expect(ended.output.contains("2 of 2 rules decide a test"))
  }

  @Test func `a rules file is asked its own tests`() async throws {
    let ended = try await test(rules)
    #expect(ended.status == 0)
    #expect(ended.output == "\(rules): 1 test holds\n")
  }

  @Test func `a file of tests is asked of the rules that are named, beside their own`() async throws {
    let ended = try await test("--rules", rules, tests)
    #expect(ended.status == 1)
    #expect(
      ended.output.contains("\(tests):2:11: the test `more` fails\n  expected rule `talk`, but no rule decides\n"))
    #expect(ended.output.contains("    ✗ talk"))
    #expect(ended.output.contains("        trigger: expected mention or dm, found a plain message\n"))
    #expect(ended.output.hasSuffix("\(rules): 1 of 2 tests hold, 1 fails\n"))
  }

  @Test func `a file of tests alone is asked of the rules that would run`() async throws {
    let ended = try await test(tests)
    #expect(ended.status == 2)
    #expect(ended.errors.contains("\(tests):2:"))
    #expect(ended.errors.contains("there is no rule `talk`"))
  }

  @Test func `what cannot be meant is refused with the way out`() async throws {
    let both = try await test(rules, tests)
    #expect(both.status == 2)
    #expect(both.errors == "edgecrab: `\(tests)` holds tests only; say of which rules: `--rules \(rules)`\n")
    let twice = try await test("--rules", rules, rules)
    #expect(twice.status == 2)
    #expect(twice.errors.contains("holds rules of its own; leave out --rules"))
    let none = try await test("--filter", "nothing", rules)
    #expect(none.status == 2)
    #expect(none.errors == "edgecrab: no test's name holds `nothing`\n")
    let missing = try await test("/nonexistent/rules.yaml")
    #expect(missing.status == 2)
  }

  @Test func `too little coverage exits with 1`() async throws {
    let ended = try await test("--fail-under", "90", rules)
    #expect(ended.status == 1)
    #expect(ended.output.contains("\(rules):3: `trigger` fails in no test"))
    #expect(ended.errors == "edgecrab: the coverage of \(rules) is 66 %, less than 90 %\n")
  }

  @Test func `a file with errors exits with 2 and its findings, and the others are asked`() async throws {
    let bad = try folder.write("version: 1\nrules: [{ name: a }]\n", to: "bad.yaml")
    let ended = try await test(bad, rules)
    #expect(ended.status == 2)
    #expect(ended.errors.contains("\(bad):2:"))
    #expect(ended.output == "\(rules): 1 test holds\n")
    let json = try await test("--format", "json", bad, rules)
    for said in [#""holds": false"#, "a rule must do something"] { #expect(json.output.contains(said)) }
    let junit = try await test("--format", "junit", bad, rules)
    #expect(junit.output.contains(#"<testsuites tests="2" failures="0" errors="1">"#), "\(junit.output)")
  }

  @Test(arguments: ["json", "junit"])
  func `programs are told as well`(format: String) async throws {
    let ended = try await test("--format", format, "--rules", rules, tests)
    #expect(ended.status == 1)
    #expect(
      ended.output.contains(format == "json" ? #""holds": false"# : #"<testcase classname="\#(tests)" name="more""#))
  }
}
