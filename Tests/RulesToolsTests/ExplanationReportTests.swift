import ConfigLoader
import Core
import Foundation
import RuleAnalysis
import RuleEngine
import TestSupport
import Testing

@testable import RulesTools

@Suite struct ExplanationReportTests {
  private func report(_ text: String, _ given: String, isWhole: Bool = false) throws -> ExplanationReport {
    let set = try rules(text)
    let explanation = try Explainer(set).explain(
      EventLine(json: Data(given.utf8), defaults: EventDefaults(milliseconds: now)).event)
    return ExplanationReport(explanation, of: set, isWhole: isWhole) { _ in nil }
  }

  private let many =
    "version: 1\nagents: { echo: { type: echo } }\nrules:\n"
    + (0..<1_200).map { "  - { name: c\($0), when: { channel: c\($0), trigger: mention }, agent: echo }\n" }.joined()
    + (0..<40).map { "  - { name: t\($0), when: { text: t\($0) }, agent: echo }\n" }.joined()
    + "  - { name: near, when: { channel: dev, trigger: mention }, agent: echo }\n"

  @Test func `an explanation with a long file shows the nearest rules, and counts the others`() throws {
    let report = try report(many, #"{"channel": "dev", "text": "hello"}"#)
    let text = report.text(.plain)
    #expect(text.contains("✗ near  rules.yaml:"))
    #expect(text.contains("… and 1,200 rules for other channels, 33 for other texts (--all shows them)"))
    #expect(text.split(separator: "\n").count { $0.hasPrefix("✗") } == 8)
    let whole = try self.report(many, #"{"channel": "dev", "text": "hello"}"#, isWhole: true).text(.plain)
    #expect(whole.split(separator: "\n").count { $0.hasPrefix("✗") } == 1_241)
    #expect(!whole.contains("--all"))
  }

  @Test func `each decision has its sentence`() throws {
    let text = """
      version: 1
      access: { users: [alice, bob], denied: "Ask {{admin}}.", admin: root }
      agents: { echo: { type: echo } }
      commands: { unknown: ignore, bind: { stop: { action: stop, users: bob } } }
      rules:
        - { name: noise, when: { text: noise }, ignore: true }
        - { name: no, when: { text: secret }, deny: "No." }
        - { name: menu, when: { text: menu }, say: "Soup." }
        - { name: talk, when: { trigger: [dm, command] }, agent: echo }
      """
    func said(_ given: String) throws -> String { try report(text, given).sentences[0] }
    #expect(try said(#"{"author": "own"}"#) == "The bot wrote this itself: no rule is tried.")
    #expect(try said(#"{"author": "system"}"#) == "The server wrote this: no rule is tried.")
    #expect(
      try said(#"{"user": "eve"}"#)
        == "`access` does not allow @eve: no rule is tried, and no reply is sent.")
    #expect(
      try said(#"{"user": "eve", "kind": "direct"}"#)
        == "`access` does not allow @eve: the reply is `Ask {{admin}}.`.")
    #expect(try said(#"{"user": "bob", "text": "hm"}"#) == "No rule matches: the bot stays silent.")
    #expect(
      try said(#"{"user": "bob", "text": "noise"}"#) == "It is ignored, by the rule `noise` (rules.yaml:6).")
    #expect(
      try said(#"{"user": "bob", "text": "secret"}"#)
        == "It is denied with `No.`, by the rule `no` (rules.yaml:7).")
    #expect(
      try said(#"{"user": "bob", "text": "menu"}"#) == "The reply is `Soup.`, by the rule `menu` (rules.yaml:8).")
    #expect(
      try said(#"{"user": "bob", "text": "!stop"}"#) == "The command `stop` runs, by the rule `talk` (rules.yaml:9).")
    #expect(
      try said(#"{"user": "alice", "text": "!stop"}"#)
        == "The command `stop` is refused to @alice, by the rule `talk` (rules.yaml:9).")
    #expect(
      try said(#"{"user": "alice", "text": "!stp"}"#)
        == "The bot stays silent: the rule `talk` (rules.yaml:9) matches, but no command `stp` is bound; the file ignores unknown commands."
    )
  }

  @Test func `hostile names and texts cannot move the cursor of a terminal`() throws {
    let text = "version: 1\nrules: [{ name: \"a\\e[2Jb\\u202Ec\", when: { text: \"x\\ty\" }, ignore: true }]\n"
    let shown = try report(
      text, #"{"user_id": "u", "user": "e\u001bve", "channel_id": "c", "channel": "d\u0007", "text": "a\u001b[1mb\nc"}"#
    ).text(.plain)
    #expect(!shown.unicodeScalars.contains { $0.properties.generalCategory == .control && $0 != "\n" })
    #expect(shown.contains(#"✗ a\u{1B}[2Jb\u{202E}c"#))
  }

  @Test func `colours do not change the text of an explanation`() throws {
    let report = try report(many, #"{"channel": "dev", "text": "hello"}"#)
    let colored = report.text(.colored)
    #expect(colored.contains("\u{1B}["))
    #expect(colored.replacing(#/\u{1B}\[[0-9;]*m/#, with: "") == report.text(.plain))
  }
}
