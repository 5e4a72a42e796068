import Core
import RuleEngine
import Testing

@testable import ConfigLoader

@Suite struct ExplanationReportTests {
  private func report(_ text: String, _ given: GivenEvent, isWhole: Bool = false) throws -> ExplanationReport {
    let set = try rules(text)
    let explanation = try Explainer(set).explain(given.event(EventDefaults(milliseconds: now)))
    return ExplanationReport(explanation, of: set, isWhole: isWhole) { _ in nil }
  }

  private let many =
    "version: 1\nagents: { echo: { type: echo } }\nrules:\n"
    + (0..<1_200).map { "  - { name: c\($0), when: { channel: c\($0), trigger: mention }, agent: echo }\n" }.joined()
    + (0..<40).map { "  - { name: t\($0), when: { text: t\($0) }, agent: echo }\n" }.joined()
    + "  - { name: near, when: { channel: dev, trigger: mention }, agent: echo }\n"

  @Test func `of a long file only the rules that came near are shown, and the others counted`() throws {
    let report = try report(many, GivenEvent(channel: "dev", text: "hello"))
    let text = report.text(.plain)
    #expect(text.contains("✗ near  rules.yaml:"))
    #expect(text.contains("… and 1,200 rules for other channels, 33 for other texts (--all shows them)"))
    #expect(text.split(separator: "\n").count { $0.hasPrefix("✗") } == 8)
    let whole = try self.report(many, GivenEvent(channel: "dev", text: "hello"), isWhole: true).text(.plain)
    #expect(whole.split(separator: "\n").count { $0.hasPrefix("✗") } == 1_241)
    #expect(!whole.contains("--all"))
  }

  @Test func `what is said of each decision`() throws {
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
    func said(_ given: GivenEvent) throws -> String { try report(text, given).sentences[0] }
    #expect(try said(GivenEvent(author: .own)) == "The bot wrote this itself: no rule is asked.")
    #expect(try said(GivenEvent(author: .system)) == "The server wrote this: no rule is asked.")
    #expect(
      try said(GivenEvent(user: "eve"))
        == "access does not let in @eve: no rule is asked, and nobody is told.")
    #expect(
      try said(GivenEvent(user: "eve", kind: .direct))
        == "access does not let in @eve: they are told `Ask {{admin}}.`.")
    #expect(try said(GivenEvent(user: "bob", text: "hm")) == "No rule matches: the bot stays silent.")
    #expect(
      try said(GivenEvent(user: "bob", text: "noise")) == "It is ignored, by the rule `noise` (rules.yaml:6).")
    #expect(
      try said(GivenEvent(user: "bob", text: "secret"))
        == "The asker is told no, `No.`, by the rule `no` (rules.yaml:7).")
    #expect(
      try said(GivenEvent(user: "bob", text: "menu")) == "It is answered `Soup.`, by the rule `menu` (rules.yaml:8).")
    #expect(
      try said(GivenEvent(user: "bob", text: "!stop")) == "The command `stop` runs, by the rule `talk` (rules.yaml:9).")
    #expect(
      try said(GivenEvent(user: "alice", text: "!stop"))
        == "The command `stop` is refused to @alice, by the rule `talk` (rules.yaml:9).")
    #expect(
      try said(GivenEvent(user: "alice", text: "!stp"))
        == "The bot stays silent: the rule `talk` (rules.yaml:9) matches, but no command `stp` is bound; the file ignores such."
    )
  }

  @Test func `hostile names and texts cannot move the terminal's cursor`() throws {
    let text = "version: 1\nrules: [{ name: \"a\\e[2Jb\\u202Ec\", when: { text: \"x\\ty\" }, ignore: true }]\n"
    let shown = try report(text, GivenEvent(user: "e\u{1B}ve", channel: "d\u{7}", text: "a\u{1B}[1mb\nc")).text(.plain)
    #expect(!shown.unicodeScalars.contains { $0.properties.generalCategory == .control && $0 != "\n" })
    #expect(shown.contains(#"✗ a\u{1B}[2Jb\u{202E}c"#))
  }

  @Test func `colours say nothing that plain text does not`() throws {
    let report = try report(many, GivenEvent(channel: "dev", text: "hello"))
    let colored = report.text(.colored)
    #expect(colored.contains("\u{1B}["))
    #expect(colored.replacing(#/\u{1B}\[[0-9;]*m/#, with: "") == report.text(.plain))
  }

  @Test(arguments: [
    (Int64(0), "1970-01-01 00:00 UTC"), (1_750_000_000_000, "2025-06-15 15:06 UTC"), (-1, "1969-12-31 23:59 UTC"),
    (951_782_399_999, "2000-02-28 23:59 UTC"), (951_782_400_000, "2000-02-29 00:00 UTC"),
    (-2_203_891_200_001, "1900-02-28 23:59 UTC"), (4_107_542_400_000, "2100-03-01 00:00 UTC"),
    (253_402_300_799_999, "9999-12-31 23:59 UTC"), (253_402_300_800_000, "253402300800000 ms after 1970"),
    (.min, "-9223372036854775808 ms after 1970"),
  ])
  func `moments are told in UTC`(milliseconds: Int64, text: String) { #expect(Moment.text(milliseconds) == text) }
}
