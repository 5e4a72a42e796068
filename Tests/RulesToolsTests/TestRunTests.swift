import ConfigLoader
import Foundation
import FoundationXML
import RuleEngine
import RulesTools
import TestSupport
import Testing

@Suite struct TestRunTests {
  private static let text = """
    version: 1
    agents: { echo: { type: echo } }
    rules:
      - { name: watch, when: { trigger: dm }, mode: shadow, ignore: true }
      - { name: dev, when: { channel: dev, trigger: mention }, agent: echo }
      - { name: rest, when: { trigger: dm }, agent: echo }
    tests:
      - { name: good, given: { kind: direct }, expect: { rule: rest } }
      - { name: bad, given: { kind: direct }, expect: { rule: dev, agent: echo } }
    """

  private func run(_ more: String = "", filter: String? = nil, covering: Bool = false) throws -> TestRun {
    let loaded = load(Self.text + more)
    return try TestRun(
      try #require(loaded.rules, "\(loaded.report)"), of: loaded.source, filter: filter, covering: covering)
  }

  @Test func `a failing test shows its mismatches, the cause, and each rule that was tried`() throws {
    #expect(
      try run().text(.plain) == """
        rules.yaml:9:7: the test `bad` fails
          expected rule `dev`, but rule `rest` decides
          because the rule `dev` fails on trigger: expected mention, found dm
          the rules that were tried:
            ~ watch  rules.yaml:4
                matches, and would decide if it were not in mode shadow
            ✗ dev  rules.yaml:5
                trigger: expected mention, found dm
            ✓ rest  rules.yaml:6
                agent: echo

        rules.yaml: 1 of 2 tests pass, 1 fails

        """)
  }

  @Test func `the trace shows the parts of not and any that fail`() throws {
    let loaded = load(
      """
      version: 1
      rules:
        - { name: calm, when: { not: { user: bob } }, say: Hm. }
        - { name: food, when: { any: [{ text: { word: soup } }, { channel: kitchen }] }, say: Soup. }
      tests: [{ name: t, given: { user: bob, text: "lunch?  or tea?" }, expect: { rule: food } }]
      """)
    #expect(
      try TestRun(try #require(loaded.rules), of: loaded.source).text(.plain).hasPrefix(
        """
        rules.yaml:5:11: the test `t` fails
          expected rule `food`, but no rule decides
          because the rule `food` fails on its `any`
          the rules that were tried:
            ✗ calm  rules.yaml:3
                not: this must not hold
                  user: expected not bob, found bob
            ✗ food  rules.yaml:4
                any: none of these holds
                  text word: expected `soup`, found `lunch?  or tea?`
                  channel: expected kitchen, found town-square

        """))
  }

  @Test func `a trace of a long file has the expected rule and the nearest ones`() throws {
    let rules = (0..<100).map { "  - { name: r\($0), when: { channel: c\($0), trigger: dm }, ignore: true }\n" }
    let loaded = load(
      "version: 1\nrules:\n\(rules.joined())tests: [{ name: t, given: { channel: c8 }, expect: { rule: r7 } }]\n")
    let text = try TestRun(try #require(loaded.rules), of: loaded.source).text(.plain)
    #expect(text.contains("✗ r7  rules.yaml:10\n        trigger: expected dm, found a plain message\n"))
    #expect(text.contains("✗ r8  rules.yaml:11\n        trigger: expected dm, found a plain message\n"))
    #expect(text.contains("… and 98 rules for other channels (--format json shows them)\n"))
  }

  @Test func `the text of a failing test names the reason if its post reaches no rule`() throws {
    let own = "\n  - { name: own, given: { author: own }, expect: { rule: rest } }"
    let text = try run(own, filter: "OWN").text(.plain)
    #expect(text.contains("  because the bot's own posts never reach a rule\n  no rule was tried\n"))
    #expect(text.hasSuffix("rules.yaml: 0 of 1 tests pass, 1 fails\n"))
  }

  @Test func `rules check warns of the same failure`() throws {
    let loaded = load(Self.text)
    let result = try #require(try run().failures.first)
    let warning = try #require(loaded.diagnostics.first { $0.code == .expectationFails })
    #expect(warning.message.hasSuffix(result.mismatches.map(\.description).joined(separator: "; ")))
    #expect(warning.help == result.cause?.description)
  }

  @Test func `only tests whose name contains the filter run`() throws {
    #expect(try run(filter: "GOO").results.map(\.test.name) == ["good"])
    #expect(try run(filter: "x").text(.plain) == "rules.yaml: no tests\n")
  }

  @Test func `JSON has every test, and the trace of a failing one`() throws {
    let json = try JSONSerialization.jsonObject(with: Data(TestRun.json([try run(covering: true)]).utf8))
    let root = try #require(json as? [String: Any])
    #expect(root["holds"] as? Bool == false)
    let first = try #require((root["runs"] as? [[String: Any]])?.first)
    #expect(first["failing"] as? Int == 1)
    let bad = try #require((first["tests"] as? [[String: Any]])?.last)
    let difference = try #require((bad["differences"] as? [[String: Any]])?.first)
    #expect(difference["expected"] as? String == "dev")
    #expect(difference["found"] as? String == "rest")
    #expect(bad["because"] as? String == "the rule `dev` fails on trigger: expected mention, found dm")
    let tried = try #require(bad["tried"] as? [[String: Any]])
    #expect(tried.map { $0["verdict"] as? String } == ["would-decide", "fails", "decides"])
    let failed = try #require(tried[1]["failed"] as? [String: Any])
    #expect(failed["expected"] as? [String] == ["mention"])
    #expect(failed["found"] as? [String] == ["dm"])
    #expect((first["coverage"] as? [String: Any])?["percent"] as? Int == 45)
  }

  @Test func `JUnit XML is well-formed for any name`() throws {
    let name = #"\0\a\e\u00A0 <a> & ]]> \" ' \uFFFE \uFFFF \N \L \U0001F980 \r\n\t é"#
    let run = try run("\n  - { name: \"\(name)\", given: { kind: direct }, expect: { rule: none } }")
    let reader = JUnitReader()
    let parser = XMLParser(data: Data(TestRun.junit([run]).utf8))
    parser.delegate = reader
    #expect(parser.parse(), "\(String(describing: parser.parserError))")
    #expect(reader.names.count == 3)
    #expect(reader.names[2].contains("<a> & ]]> \" '"))
    #expect(reader.names[2].contains("🦀"))
    #expect(reader.failures.count == 2)
    #expect(reader.failures[0].contains("\n  ✗ dev  rules.yaml:5\n      trigger: expected mention, found dm\n"))
  }
}

private final class JUnitReader: NSObject, XMLParserDelegate {
  var names: [String] = []
  var failures: [String] = []

  func parser(
    _ parser: XMLParser, didStartElement element: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    if element == "testcase" { names.append(attributes["name"] ?? "") }
    if element == "failure" { failures.append("") }
  }

  func parser(_ parser: XMLParser, foundCharacters text: String) {
    if !failures.isEmpty { failures[failures.count - 1] += text }
  }
}
