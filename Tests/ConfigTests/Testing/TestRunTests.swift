import ConfigLoader
import Foundation
import FoundationXML
import RuleEngine
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

  @Test func `a failing test shows what came, why, and each rule that was asked`() throws {
    #expect(
      try run().text == """
        rules.yaml:9:7: the test `bad` fails
          expected rule `dev`, but rule `rest` decides
          because the rule `dev` does not match: its `trigger` does not hold
          the rules that were asked:
            rules.yaml:4: `watch` would decide, and has `mode: shadow`
            rules.yaml:5: `dev` does not match: its `trigger` does not hold
            rules.yaml:6: `rest` decides

        rules.yaml: 1 of 2 tests hold, 1 fails

        """)
  }

  @Test func `a post that reaches no rule says so`() throws {
    let text = try run("\n  - { name: own, given: { author: own }, expect: { rule: rest } }", filter: "OWN").text
    #expect(text.contains("  because the bot's own posts never reach a rule\n  no rule was asked\n"))
    #expect(text.hasSuffix("rules.yaml: 0 of 1 tests hold, 1 fails\n"))
  }

  @Test func `what fails here is what check warns of`() throws {
    let loaded = load(Self.text)
    let result = try #require(try run().failures.first)
    let warning = try #require(loaded.diagnostics.first { $0.code == .expectationFails })
    #expect(warning.message.hasSuffix(result.differences.map(\.description).joined(separator: "; ")))
    #expect(warning.help == result.shortfall?.description)
  }

  @Test func `only tests whose name holds the filter are asked`() throws {
    #expect(try run(filter: "GOO").results.map(\.test.name) == ["good"])
    #expect(try run(filter: "x").text == "rules.yaml: no tests\n")
  }

  @Test func `JSON holds every test, and of a failing one the trace`() throws {
    let json = try JSONSerialization.jsonObject(with: Data(TestRun.json([try run(covering: true)]).utf8))
    let root = try #require(json as? [String: Any])
    #expect(root["holds"] as? Bool == false)
    let first = try #require((root["runs"] as? [[String: Any]])?.first)
    #expect(first["failing"] as? Int == 1)
    let bad = try #require((first["tests"] as? [[String: Any]])?.last)
    let difference = try #require((bad["differences"] as? [[String: Any]])?.first)
    #expect(difference["expected"] as? String == "dev")
    #expect(difference["found"] as? String == "rest")
    #expect((bad["asked"] as? [[String: Any]])?.map { $0["failed"] as? String } == [nil, "trigger", nil])
    #expect((first["coverage"] as? [String: Any])?["percent"] as? Int == 45)
  }

  @Test func `JUnit XML is well-formed whatever a name holds`() throws {
    let name = #"\0\a\e\u00A0 <a> & ]]> \" ' \uFFFE \uFFFF \N \L \U0001F980 \r\n\t é"#
    let run = try run("\n  - { name: \"\(name)\", given: { kind: direct }, expect: { rule: none } }")
    let reader = JUnitReader()
    let parser = XMLParser(data: Data(TestRun.junit([run]).utf8))
    parser.delegate = reader
    #expect(parser.parse(), "\(String(describing: parser.parserError))")
    #expect(reader.names.count == 3)
    #expect(reader.names[2].contains("<a> & ]]> \" '"))
    #expect(reader.names[2].contains("🦀"))
    #expect(reader.failures == 2)
  }
}

private final class JUnitReader: NSObject, XMLParserDelegate {
  var names: [String] = []
  var failures = 0

  func parser(
    _ parser: XMLParser, didStartElement element: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    if element == "testcase" { names.append(attributes["name"] ?? "") }
    if element == "failure" { failures += 1 }
  }
}
