import ConfigLoader
import Core
import Foundation
import Journal
import RuleAnalysis
import RuleEngine
import Testing

/// Helpers for tests of replays.
func ruleSet(_ rules: String, head: String = "", sourceLocation: SourceLocation = #_sourceLocation) throws -> RuleSet {
  let loaded = RulesFile.load(
    text: "version: 1\nagents: { echo: { type: echo }, ops: { type: echo } }\n\(head)\nrules:\n\(rules)",
    file: "rules.yaml", environment: [:], now: 0)
  return try #require(loaded.rules, "\(loaded.report)", sourceLocation: sourceLocation)
}

func line(_ json: String) throws -> EventLine {
  try EventLine(json: Data(json.utf8), defaults: EventDefaults(milliseconds: 0))
}

/// Returns the event of a line as a rule set records it, without its text.
func recorded(_ json: String, by rules: RuleSet) throws -> EventLine {
  var line = try line(json)
  var replay = try Replay(rules)
  line.decided = try replay.decide([line])[0]
  line.decided?.rules = rules.fingerprint
  line.event.text = ""
  line.event.body = line.event.body.hasPrefix("!") ? String(line.event.body.prefix { $0 != " " }) : ""
  line.isTextKept = false
  return line
}

@Suite struct ReplayTests {
  private func decided(_ lines: [String], _ rules: RuleSet) throws -> [String] {
    var replay = try Replay(rules)
    return try replay.decide(lines.map(line)).map { $0.map { $0.verdict.rule ?? "none" } ?? "?" }
  }

  @Test func `names in the rules stand for the ids of the recorded events`() throws {
    let rules = try ruleSet(
      """
        - { name: alice, when: { user: alice, channel: dev, team: core }, agent: echo }
        - { name: by id, when: { user: u2 }, agent: echo }
      """)
    let dev = #""channel": "dev", "channel_id": "c1", "team": "core", "team_id": "t1""#
    #expect(
      try decided(
        [
          #"{"user": "bob", "user_id": "u2", \#(dev)}"#, #"{"user": "alice", "user_id": "u1", \#(dev)}"#,
          // If both owners of the name occur, the last one is meant.
          #"{"user": "alice", "user_id": "u1", "channel": "ops", "channel_id": "c2"}"#,
          // Written by hand, among recorded events.
          #"{"user": "alice", "channel": "dev", "team": "core"}"#,
        ], rules) == ["by id", "alice", "none", "alice"])
  }

  @Test func `names of a later batch are learned, too`() throws {
    var replay = try Replay(try ruleSet("  - { name: a, when: { user: [alice, bob] }, agent: echo }"))
    for (name, id) in [("alice", "u1"), ("bob", "u2"), ("carol", "u3")] {
      let decisions = try replay.decide([try line(#"{"user": "\#(name)", "user_id": "\#(id)"}"#)])
      #expect(decisions[0]?.verdict.rule == (name == "carol" ? nil : "a"))
    }
  }

  @Test func `an event without text is decided if the text does not matter`() throws {
    let rules = try ruleSet(
      """
        - { name: dev, when: { channel: dev }, agent: echo }
        - { name: lunch, when: { text: lunch, kind: direct }, ignore: true }
        - { name: quiet, when: { not: { text: loud }, files: true }, agent: echo }
        - { name: either, when: { any: [{ text: a }, { author: bot }], team: t }, agent: echo }
        - { name: new, when: { command: new }, agent: echo }
        - { name: any command, when: { trigger: command }, agent: echo }
      """)
    #expect(
      try decided(
        [
          #"{"text": null, "channel": "dev"}"#, #"{"text": null, "kind": "direct"}"#,
          #"{"text": null, "files": true}"#, #"{"text": null, "team": "t"}"#,
          #"{"text": null, "team": "t", "author": "bot"}"#, #"{"text": null}"#,
          #"{"text": null, "command": "!new"}"#, #"{"text": null, "command": "!what"}"#,
          #"{"text": "lunch", "kind": "direct"}"#,
        ], rules)
        == ["dev", "?", "?", "?", "either", "none", "new", "any command", "lunch"])
  }

  @Test func `equal rules repeat their decisions, with or without the text`() throws {
    let rules = try ruleSet("  - { name: lunch, when: { text: lunch }, ignore: true }")
    var replay = try Replay(rules)
    let events = [try recorded(#"{"text": "lunch"}"#, by: rules), try recorded(#"{"text": "tea"}"#, by: rules)]
    #expect(try replay.decide(events).map { $0?.verdict.rule } == ["lunch", nil])
  }

  @Test func `rules files are compared by events without texts as far as recorded decisions allow`() throws {
    let old = try ruleSet(
      """
        - { name: lunch, when: { text: lunch }, ignore: true }
        - { name: spy, when: { text: secret }, mode: shadow, agent: ops }
        - { name: talk, when: { trigger: mention }, agent: echo }
      """)
    let new = try ruleSet(
      """
        - { name: on-call, when: { user: alice, trigger: mention }, agent: ops }
        - { name: lunch, when: { text: lunch }, ignore: true }
        - { name: spy, when: { text: secret }, agent: ops }
        - { name: talking, when: { trigger: mention }, agent: echo }
        - { name: tea, when: { text: tea }, agent: echo }
      """)
    let events = try [
      #"{"user": "bob", "text": "@edgecrab lunch"}"#, #"{"user": "bob", "text": "@edgecrab hi"}"#,
      #"{"user": "alice", "text": "@edgecrab hi"}"#, #"{"user": "bob", "text": "@edgecrab a secret"}"#,
      #"{"user": "bob", "text": "nothing for anybody"}"#,
    ].map { try recorded($0, by: old) }
    var change = try ReplayComparator(from: old, to: new)
    let changes = try change.compare(events)
    #expect(changes.map(\.event.event.user.name) == ["alice", "bob"])
    #expect(changes.map(\.now.verdict.rule) == ["on-call", "spy"])
    #expect(change.comparison.undecided == 1)
    #expect(
      ReplayTexts.summary(change.comparison) == [
        "2 of 4 events change; 2 newly reach agent `ops`, 2 no longer reach agent `echo`",
        "1 more event depends on message text that the journal did not record",
        "(`journal: { text: true }` in the rules file records the text of new events)",
      ])
  }

  @Test func `renaming a rule changes no event`() throws {
    let old = try ruleSet("  - { name: talk, when: { trigger: mention }, agent: echo }")
    let new = try ruleSet("  - { name: talking, when: { trigger: mention }, agent: echo }")
    var change = try ReplayComparator(from: old, to: new)
    #expect(try change.compare([try line(#"{"mention": "direct"}"#)]).isEmpty)
  }

  @Test func `untrusted text cannot break the lines of a recorded event`() throws {
    let event = try line(
      #"""
      {"user": "al\u001b[2Jice", "user_id": "u1", "channel": "dev", "text": "a\nb\u202ec", "at": 0,
       "decided": {"outcome": "ask", "rule": "talk", "agent": "echo", "session": "thread", "shadows": ["spy", "new"]}}
      """#)
    #expect(
      ReplayTexts.recorded(event) == [
        "1970-01-01T00:00:00Z @al [2Jice in ~dev: a b c", "    rule `talk` asks agent `echo` (session: thread)",
        "    shadow: `spy`, `new`",
      ])
    #expect(ReplayTexts.head(try line(#"{"at": -9000000000000000000}"#)).hasPrefix("-9000000000000000000 @someone"))
  }

  @Test func `the tally lists the rules that decide most and counts the rest`() {
    var counts: [String?: Int] = [nil: 1_234_567]
    for index in 1...14 { counts["r\(index)"] = index }
    let lines = ReplayTexts.tally(counts)
    #expect(lines.first == "  1,234,567  no rule")
    #expect(lines.last == "  and 6 events by 3 other rules")
    #expect(lines.count == 13)
  }

  @Test func `rules with other text conditions are not treated as the recording rules`() throws {
    let then = try ruleSet(#"  - { name: a, when: { text: { contains: ["a, b", c] } }, agent: echo }"#)
    let line = try recorded(#"{"user": "alice", "text": "@edgecrab a, b"}"#, by: then)
    var replay = try Replay(try ruleSet(#"  - { name: a, when: { text: { contains: [a, "b, c"] } }, agent: echo }"#))
    #expect(try replay.decide([line]) == [nil])
  }

  @Test func `with a new prefix, a text that was not a command may be one`() throws {
    let then = try ruleSet("  - { name: a, when: { trigger: [dm, command] }, agent: echo }")
    let lines = try ["?new", "!new"].map {
      try recorded(#"{"user": "alice", "kind": "direct", "text": "\#($0)"}"#, by: then)
    }
    var replay = try Replay(
      try ruleSet(
        "  - { name: b, when: { trigger: [dm, command] }, agent: echo }", head: #"commands: { prefixes: ["?", "!"] }"#))
    #expect(try replay.decide(lines).map { $0?.verdict.command } == [nil, "new"])
    #expect(try replay.decide(lines)[0] == nil)
  }
}
