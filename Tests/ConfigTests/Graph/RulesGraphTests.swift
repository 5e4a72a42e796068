import Foundation
import FoundationXML
import Testing

@testable import ConfigLoader

@Suite struct RulesGraphTests {
  private let text = #"""
    version: 1
    access: { users: [alice, bob], denied: "no" }
    agents: { echo: { type: echo }, "coder": { type: echo } }
    rules:
      - name: "</text>&amp; \"<b>\" \\n `x` #1; {a} [b] |c| %% --> \u202Eevil"
        when:
          channel: [a, b, c, d, e, f]
          user: bob
          text: { matches: '^a"<&\\d+' }
          not: { time: { days: sat-sun, zone: UTC } }
        agent: coder
      - { name: try, mode: shadow, when: { any: [ { kind: direct }, { files: true, text: hi } ] }, agent: coder }
      - { name: bots, when: { author: [bot, webhook], trigger: message }, ignore: true }
      - { name: no, when: { edited: true, thread: reply }, deny: "No, {{user}}\nnever" }
      - { name: all, say: "世界" }
    """#

  @Test func `the rows say who, where, why and what, in words`() throws {
    let rows = RulesGraph(try rules(text)).rows
    #expect(rows[0].who == ["@bob"])
    #expect(rows[0].place == ["~a, ~b, ~c, ~d and 2 more"])
    #expect(rows[0].why == [#"text matches “^a"<&\\d+”"#, "not: time sat-sun UTC"])
    #expect(rows[0].name.hasSuffix(#"\u{202E}evil"#))
    #expect(rows[0].details == ["session: channel"])
    #expect(rows[1].why == ["any of: kind direct | files true, text contains “hi”"])
    #expect(rows[1].isShadow && rows[1].details.contains("shadow: records only"))
    #expect(rows[2].who == ["bots, webhooks"] && rows[2].why == ["any message"] && rows[2].deed == .ignore)
    #expect(rows[3].why == ["in a thread", "edits"] && rows[3].details == [#"“No, {{user}}\u{A}never”"#])
    #expect(rows[4].who == ["anyone"] && rows[4].place == ["anywhere"] && rows[4].why == ["any message"])
  }

  @Test func `the SVG is well-formed and holds hostile names as text`() throws {
    let svg = RulesGraph(try rules(text)).text(as: .svg)
    let reader = XMLTexts()
    let parser = XMLParser(data: Data(svg.utf8))
    parser.delegate = reader
    #expect(parser.parse(), "\(String(describing: parser.parserError))")
    #expect(reader.texts.joined().contains("</text>&amp; \"<b>\""))
    #expect(!reader.elements.contains("b"))
  }

  @Test func `Mermaid and DOT keep hostile names inside of their quotes`() throws {
    let graph = RulesGraph(try rules(text))
    let mermaid = graph.text(as: .mermaid)
    #expect(mermaid.contains("rule1([\"1 · #60;#47;text#62;#38;amp#59; #34;#60;b#62;#34;"))
    for line in mermaid.split(separator: "\n").dropFirst() {
      #expect(line.filter { $0 == "\"" }.count.isMultiple(of: 2), "\(line)")
    }
    // Two rules, one agent.
    #expect(mermaid.contains("rule1 -->|\"session: channel\"| agent1"))
    #expect(mermaid.contains("rule2 -.->|\"session: channel<br/>shadow: records only\"| agent1"))
    let dot = graph.text(as: .dot)
    #expect(dot.contains(#"rule1 [label="1  </text>&amp;amp; \"<b>\" \\n `x` #1; {a} [b] |…""#))
    #expect(dot.contains("rule1 -> rule2 -> rule3 -> rule4 -> rule5 [style=invis]"))
  }

  @Test(arguments: [(RulesGraph.Format.svg, 2_000), (.mermaid, 150), (.dot, 500)])
  func `more rules than a picture can bear are counted`(format: RulesGraph.Format, shown: Int) throws {
    let many = (0..<3_000).map { "  - { name: rule \($0), when: { channel: c\($0) }, ignore: true }\n" }.joined()
    let picture = RulesGraph(try rules("version: 1\nrules:\n" + many)).text(as: format)
    #expect(picture.contains("rule \(shown - 1)") && !picture.contains("rule \(shown)<"))
    #expect(picture.contains("and \(3_000 - shown) more rules"))
  }
}

private final class XMLTexts: NSObject, XMLParserDelegate {
  var texts: [String] = []
  var elements: Set<String> = []

  func parser(_ parser: XMLParser, foundCharacters string: String) { texts.append(string) }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) { elements.insert(name) }
}
