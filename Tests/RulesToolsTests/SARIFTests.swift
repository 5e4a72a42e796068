import ConfigLoader
import Foundation
import RulesTools
import TestSupport
import Testing

/// The requirements of the standard (OASIS SARIF 2.1.0).
@Suite struct SARIFTests {
  private let run: [String: Any]

  init() throws {
    let text =
      "version: 1\nagents: { a: { type: echo } }\nrules:\n  - { name: r, agent: a }\n  - { name: r, agent: 'é👩‍👩‍👧b' }\n"
    let loaded = RulesFile.load(text: text, file: "a b/ü:1.yaml", environment: [:], now: now, zone: "UTC")
    let missing = "/nonexistent/r%.yaml"
    let report = CheckReport([
      CheckedFile(name: "a b/ü:1.yaml", outcome: .success(loaded)),
      CheckedFile(
        name: missing,
        outcome: Result { () throws(RulesFileError) in try RulesFile.load(path: missing, environment: [:], now: now) }),
    ])
    let json = try JSONSerialization.jsonObject(with: Data(report.sarif(version: "1.2.3").utf8))
    let document = try #require(json as? [String: Any])
    #expect(Set(document.keys) == ["$schema", "version", "runs"])
    #expect(document["version"] as? String == "2.1.0")
    let runs = try #require(document["runs"] as? [[String: Any]])
    #expect(runs.count == 1)
    run = runs[0]
  }

  @Test func `the document describes the tool and its rules`() throws {
    #expect(Set(run.keys) == ["tool", "columnKind", "invocations", "results"])
    #expect(run["columnKind"] as? String == "unicodeCodePoints")
    let driver = try #require((run["tool"] as? [String: Any])?["driver"] as? [String: Any])
    #expect(driver["name"] as? String == "edgecrab" && driver["version"] as? String == "1.2.3")
    let rules = try #require(driver["rules"] as? [[String: Any]])
    #expect(rules.map { $0["id"] as? String } == ["E0301", "E0404", "W0202"])
    for rule in rules {
      for key in ["shortDescription", "fullDescription", "help"] {
        #expect((rule[key] as? [String: String])?["text"]?.isEmpty == false)
      }
      let level = (rule["defaultConfiguration"] as? [String: String])?["level"]
      #expect(level == "error" || level == "warning")
    }
  }

  @Test func `each diagnostic is a result with its location`() throws {
    let results = try #require(run["results"] as? [[String: Any]])
    #expect(results.map { $0["ruleId"] as? String } == ["W0202", "E0404", "E0301"])
    #expect(results.map { $0["ruleIndex"] as? Int } == [2, 1, 0])
    #expect(results.map { $0["level"] as? String } == ["warning", "error", "error"])
    for result in results { #expect((result["message"] as? [String: String])?["text"]?.isEmpty == false) }
    let place = try #require(
      (results[2]["locations"] as? [[String: Any]])?.first?["physicalLocation"] as? [String: Any])
    #expect((place["artifactLocation"] as? [String: String]) == ["uri": "a%20b/%C3%BC%3A1.yaml"])
    // Seven scalars and two quotes, although some of them form one character.
    #expect(
      place["region"] as? [String: Int] == ["startLine": 5, "startColumn": 23, "endLine": 5, "endColumn": 32])
    let related = try #require((results[1]["relatedLocations"] as? [[String: Any]])?.first)
    #expect((related["message"] as? [String: String])?["text"] == "first defined here")
  }

  @Test func `a file that cannot be read is a notification of the tool`() throws {
    let invocation = try #require((run["invocations"] as? [[String: Any]])?.first)
    #expect(invocation["executionSuccessful"] as? Bool == false)
    let trouble = try #require((invocation["toolExecutionNotifications"] as? [[String: Any]])?.first)
    #expect(trouble["level"] as? String == "error")
    let place = (trouble["locations"] as? [[String: Any]])?.first?["physicalLocation"] as? [String: Any]
    #expect(place?["artifactLocation"] as? [String: String] == ["uri": "file:///nonexistent/r%25.yaml"])
  }
}
