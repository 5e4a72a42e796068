import ConfigLoader
import Foundation
import RulesTools
import TestSupport
import Testing

@Suite struct CheckReportTests {
  private let good =
    "version: 1\nagents: { a: { type: echo } }\nrules: [{ name: r, when: { trigger: [dm, mention] }, agent: a }]"
  private let warned = "version: 1\nrules: []"
  private let bad = """
    version: 1
    agents: { a: { type: echo } }
    rules:
      - { name: r, agent: a }
      - { name: r, agent: "a%0A::error::b", when: { trigger: dm } }
    """

  private func file(_ text: String, _ name: String = "rules.yaml") -> CheckedFile {
    CheckedFile(
      name: name, outcome: .success(RulesFile.load(text: text, file: name, environment: [:], now: now, zone: "UTC")))
  }

  private func unreadable(_ path: String = "/nonexistent/rules.yaml") -> CheckedFile {
    CheckedFile(
      name: path,
      outcome: Result { () throws(RulesFileError) in try RulesFile.load(path: path, environment: [:], now: now) })
  }

  @Test func `the exit code is that of the worst file, and strict counts warnings`() {
    let status = { (files: [CheckedFile]) in [false, true].map { CheckReport(files).status(isStrict: $0) } }
    #expect(status([file(good)]) == [0, 0])
    #expect(status([file(warned), file(good)]) == [0, 1])
    #expect(status([file(bad), file(warned)]) == [1, 1])
    #expect(status([unreadable(), file(bad)]) == [2, 2])
  }

  @Test func `the text has the diagnostics, a summary of each file, and a way to learn more`() {
    let report = CheckReport([file(good), file(warned, "w.yaml"), file(bad, "b.yaml"), unreadable()])
    let text = report.human(.plain)
    #expect(text.hasPrefix("rules.yaml: 1 rule, 1 agent, 0 tests: good\nw.yaml:2:1: warning: "))
    #expect(text.contains("\nw.yaml: 0 rules, 0 agents, 0 tests: good, with 2 warnings\nb.yaml:"))
    #expect(text.contains("\nb.yaml: 2 errors, 1 warning\n"))
    #expect(text.hasSuffix("\nFor more about a diagnostic: edgecrab rules explain-code W0203\n"))
    #expect(text.ranges(of: "explain-code").count == 1)
    #expect(report.problems.hasPrefix("edgecrab: there is no rules file `/nonexistent/rules.yaml`"))
    #expect(CheckReport([file(good)]).human(.plain) == "rules.yaml: 1 rule, 1 agent, 0 tests: good\n")
  }

  @Test func `colours do not change the text of a report`() {
    let report = CheckReport([file(bad)])
    let colored = report.human(.colored)
    #expect(colored.contains("\u{1B}[1;31merror:\u{1B}[0m two rules"))
    #expect(colored.replacing(/\u{1B}\[[0-9;]*m/, with: "") == report.human(.plain))
  }

  @Test func `the JSON form is one document about all files`() throws {
    let report = CheckReport([file(bad), file(good), unreadable()])
    let document = try #require(try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: Any])
    #expect(Set(document.keys) == ["version", "errors", "warnings", "files"])
    #expect(document["errors"] as? Int == 2)
    #expect(document["warnings"] as? Int == 1)
    let files = try #require(document["files"] as? [[String: Any]])
    #expect(files.map { $0["verdict"] as? String } == ["errors", "good", "unreadable"])
    #expect(Set(files[0].keys) == ["file", "verdict", "diagnostics", "left_out"])
    #expect((files[2]["problem"] as? String)?.contains("/nonexistent/rules.yaml") == true)
    let diagnostics = try #require(files[0]["diagnostics"] as? [[String: Any]])
    let second = try #require(diagnostics.first { $0["code"] as? String == "E0404" })
    #expect(Set(second.keys) == ["code", "severity", "message", "help", "start", "end", "notes"])
    #expect(second["start"] as? [String: Int] == ["line": 5, "column": 13])
    #expect(second["end"] as? [String: Int] == ["line": 5, "column": 14])
    #expect((second["notes"] as? [[String: Any]])?.first?["message"] as? String == "first defined here")
  }

  @Test func `no text of a file begins another workflow command`() {
    let report = CheckReport([file(bad, "a,b:c\n::error::d"), unreadable("/nonexistent\n::warning::x")])
    let lines = report.github.split(whereSeparator: \.isNewline)
    #expect(lines.count == 4)
    for line in lines {
      #expect(line.contains(/^::(error|warning) file=/))
      #expect(line.ranges(of: "\n").isEmpty)
    }
    #expect(
      report.github.contains(
        "::error file=a%2Cb%3Ac%0A%3A%3Aerror%3A%3Ad,line=5,endLine=5,col=13,endColumn=13,title=E0404::two"))
    #expect(report.github.contains("`a%250A::error::b`"))
    #expect(report.github.contains("%0Ahelp: give each rule its own name"))
    #expect(CheckReport([file(good)]).github == "")
  }

  @Test func `the name of a file cannot control the terminal`() {
    let text = CheckReport([file(bad, "a\u{1B}[2Jb\nc")]).human(.plain)
    #expect(!text.contains("\u{1B}") && !text.contains("b\nc"))
  }
}
