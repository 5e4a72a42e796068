import ConfigLoader
import Foundation
import FoundationXML
import TestSupport
import Testing

@testable import RulesTools

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

  @Test func `each row has the users, channels, conditions and action of a rule`() throws {
    let rows = RulesGraph(try rules(text)).rows
    #expect(rows[0].users == ["@bob"])
    #expect(rows[0].channels == ["~a, ~b, ~c, ~d and 2 more"])
    #expect(rows[0].reasons == [#"text matches “^a"<&\\d+”"#, "not: time sat-sun UTC"])
    #expect(rows[0].name.hasSuffix(#"\u{202E}evil"#))
    #expect(rows[0].details == ["session: channel"])
    #expect(rows[1].reasons == ["any of: kind direct | files true, text contains “hi”"])
    #expect(rows[1].isShadow && rows[1].details.contains("shadow: records only"))
    #expect(rows[2].users == ["bots, webhooks"] && rows[2].reasons == ["any message"] && rows[2].action == .ignore)
    #expect(rows[3].reasons == ["in a thread", "an edit"] && rows[3].details == [#"“No, {{user}}\u{A}never”"#])
    #expect(rows[4].users == ["anyone"] && rows[4].channels == ["anywhere"] && rows[4].reasons == ["any message"])
  }

  @Test func `the SVG is well-formed and has hostile names as text`() throws {
    let svg = RulesGraph(try rules(text)).text(as: .svg)
    let reader = XMLTexts()
    let parser = XMLParser(data: Data(svg.utf8))
    parser.delegate = reader
    #expect(parser.parse(), "\(String(describing: parser.parserError))")
    #expect(reader.texts.joined().contains("</text>&amp; \"<b>\""))
    #expect(!reader.elements.contains("b"))
  }

  @Test func `DOT quotes hostile names`() throws {
    let graph = RulesGraph(try rules(text))
    let dot = graph.text(as: .dot)
    #expect(dot.contains(#"rule1 [label="1  </text>&amp;amp; \"<b>\" \\n `x` #1; {a} [b] |…""#))
    #expect(dot.contains("rule1 -> rule2 -> rule3 -> rule4 -> rule5 [style=invis]"))
  }

  @Test(arguments: [(RulesGraph.Format.svg, 2_000), (.dot, 500)])
  func `a picture counts the rules beyond its limit`(format: RulesGraph.Format, shown: Int) throws {
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
