import ConfigLoader
import Core
import Foundation
import RuleEngine
import TestSupport
import Testing
import Workload

@Suite struct EventLineTests {
  private func read(_ json: String) throws(EventLineError) -> EventLine {
    try EventLine(json: Data(json.utf8), defaults: EventDefaults(milliseconds: now))
  }

  private func problem(_ json: String) -> String? {
    do {
      _ = try read(json)
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test func `a line is read like the given of a test`() throws {
    let given =
      "user: '@Alice', channel: ~dev, team: core, kind: private, text: '@edgecrab hi', thread: joined, files: true, "
      + "edited: true, at: '2025-06-01T09:30:00Z', author: bot"
    let set = try rules(
      """
      version: 1
      agents: { echo: { type: echo } }
      rules: [{ name: talk, when: { trigger: [mention, dm] }, agent: echo }]
      tests: [{ name: t, given: { \(given) }, expect: { rule: none } }, { name: u, given: { }, expect: { rule: none } }]
      """)
    let line = try read(
      #"""
      {"user": "@Alice", "channel": "~dev", "team": "core", "kind": "private", "text": "@edgecrab hi",
       "thread": "joined", "files": true, "edited": true, "at": "2025-06-01T09:30:00Z", "author": "bot"}
      """#)
    #expect(line.event == set.tests[0].given)
    #expect(try read("{}").event == set.tests[1].given)
  }

  @Test func `a recorded event is read as it was written`() throws {
    var event = Event(
      post: "p1", team: "t1", channel: Channel(id: "c1", name: "dev", kind: .private),
      user: User(id: "u1", name: "Alice Example"), author: .webhook, mention: .channelWide,
      thread: .reply(root: "r1", joined: false), text: "@crab: say \"a\"\n\u{0}/\u{2028}", botName: "crab",
      hasFiles: true, isRemote: true, isEdit: true, milliseconds: -5)
    var line = EventLine(event, teamName: "core")
    #expect(!line.json.contains("\n"))
    #expect(try read(line.json) == line)
    event.text = ""
    event.body = "/new"
    let verdict = Verdict(rule: "a", outcome: .run, agent: "echo", command: "new", session: .member)
    line = EventLine(
      event, isTextKept: false, decided: RecordedDecision(verdict, shadows: ["b", "c"], rules: "0123"))
    #expect(line.json.contains(#""text":null"#))
    #expect(try read(line.json) == line)
  }

  @Test func `every outcome is read as it was written, and has its own text`() throws {
    let outcomes: [EventOutcome] =
      [
        .answered(agent: "echo", posts: 3), .joined(agent: "echo", post: "p2"), .said, .done,
        .limited(.rule, seconds: 58), .limited(.bots, seconds: nil), .cancelled(hook: "guard"),
        .failed(agent: "coder", reason: "program-failed"), .failed(agent: nil, reason: "unreachable"),
        .stopped(.person("alice")), .stopped(.deletion), .stopped(.newerMessage), .dropped(.refused, status: 403),
        .direct, .approval(agent: "coder", choice: "allow_once", by: "bob"),
        .approval(agent: "coder", choice: "not-asked", by: nil), .approval(agent: "coder", choice: nil, by: nil),
        .answersQuestion, .corrected, .decidedAgain, .delayed,
        .postponed, .resumed,
      ] + EventOutcome.TurnedAway.allCases.map { .turnedAway($0) } + EventOutcome.Drop.allCases.map { .dropped($0) }
    #expect(Set(outcomes.map(\.name)) == Set(EventOutcome.Name.allCases))
    let recorded = outcomes.enumerated().map { RecordedOutcome($1, at: 1_000 + Int64($0), after: 65_250) }
    var line = try read("{}")
    line.outcomes = recorded
    #expect(try read(line.json) == line)
    line.isAnswerToQuestion = true
    #expect(try read(line.json) == line)
    for outcome in outcomes { #expect(try EventOutcome(json: Data(outcome.json.text.utf8)) == outcome) }
    #expect(Set(recorded.map(\.description)).count == recorded.count)
    #expect(recorded[0].description == "answered by echo in 1 min 5 s, in 3 posts")
    #expect(Array(recorded.prefix(4)).summary?.contains("said") == false)
  }

  @Test(arguments: [
    (#"{"outcomes": {}}"#, "`outcomes` must be a list of maps"),
    (#"{"outcomes": [{"outcome": "answerd"}]}"#, "`outcome` cannot be `answerd`; it is one of `answered`"),
    (#"{"outcomes": [{"agent": "a"}]}"#, "`outcome` must be a text"),
    (#"{"outcomes": [{"outcome": "stopped", "why": "person"}]}"#, "`by` must be a text"),
    (#"{"outcomes": [{"outcome": "said", "colour": 1}]}"#, "unknown key `colour`"),
    (#"{"outcomes": [{"outcome": "answered", "posts": "many"}]}"#, "`posts` must be a number"),
  ])
  func `an invalid outcome is an error with a sentence`(json: String, sentence: String) {
    #expect(problem(json)?.hasPrefix(sentence) == true, "\(problem(json) ?? "")")
  }

  @Test(arguments: [
    (#"{"chanel": "dev"}"#, "unknown key `chanel`; did you mean `channel`?"),
    (#"{"colour": 1}"#, "unknown key `colour`; an event has the keys of a test's `given`"),
    (#"{"user": 7}"#, "`user` must be a text"), (#"{"user": null}"#, "`user` must be a text"),
    (#"{"files": "yes"}"#, "`files` must be true or false"),
    (#"{"kind": "dm"}"#, "`kind` cannot be `dm`; it is one of `public`, `private`, `group` or `direct`"),
    (#"{"user": "a b"}"#, "`a b` cannot be a user's name"),
    (#"{"at": "noon"}"#, "`noon` is not a date and time; write it like 2025-06-01T09:30:00Z"),
    (#"{"at": 1e300}"#, "`at` must be a date and time: milliseconds since 1970, or a text like 2025-06-01T09:30:00Z"),
    (#"{"decided": {"rule": "a"}}"#, "`outcome` must be a text"),
    (#"{"decided": {"outcome": "ask", "rul": "a"}}"#, "unknown key `rul`; an event has the keys of a test's `given`"),
    (#"{"command": "/new"}"#, #"`command` is allowed only with `"text": null`; write what was typed into `text`"#),
    ("[]", #"an event is a map, like {"user": "alice", "text": "hello"}"#),
    ("{", #"the line is not JSON; write one event a line, like {"user": "alice", "text": "hello"}"#),
  ])
  func `an invalid line is an error with a sentence`(json: String, sentence: String) {
    #expect(problem(json) == sentence)
  }

  @Test func `any bytes are an event or an error`() throws {
    #expect(try read(#"{"text": "a\u0000b"}"#).event.text == "a\0b")
    #expect(problem(#"{"text": "\ud800"}"#) != nil)
    #expect(problem(String(repeating: "[", count: 100_000)) != nil)
    #expect(problem(String(repeating: #"{"a":"#, count: 100_000)) != nil)
    #expect(problem("\"" + String(repeating: "a", count: 1 << 20) + "\"")?.hasPrefix("the line is longer") == true)
    #expect(throws: EventLineError.notUTF8) {
      try EventLine(json: Data([0x7B, 0xFF, 0x7D]), defaults: EventDefaults(milliseconds: now))
    }
    var generator = SeededGenerator(seed: 3)
    let alphabet = Array(#"{}[]":,\u0trefalsn-1e9 "#.utf8) + [0, 0x80, 0xFF]
    for _ in 0..<2_000 {
      let bytes = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
        alphabet.randomElement(using: &generator) ?? 0
      }
      _ = try? EventLine(json: Data(bytes), defaults: EventDefaults(milliseconds: now))
    }
  }

  @Test func `a file is read line by line, and an error has its line`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("events.jsonl")
    let long = String(repeating: "x", count: 300_000)
    try Data("{\"text\": \"a\"}\r\n\n{\"text\": \"\(long)\"}\n  {\"text\": \"c\"}".utf8).write(to: URL(filePath: path))
    var seen: [String] = []
    try EventFile.forEach(path, defaults: EventDefaults(milliseconds: now)) { number, line in
      seen.append("\(number) \(line.event.text.prefix(1)) \(line.event.text.count)")
    }
    #expect(seen == ["1 a 1", "3 x 300000", "4 c 1"])

    try Data("{}\n{}\n{\"tex\": 1}\n".utf8).write(to: URL(filePath: path))
    var read = 0
    let error = #expect(throws: EventFileError.self) {
      try EventFile.forEach(path, defaults: EventDefaults(milliseconds: now)) { _, _ in read += 1 }
    }
    #expect(read == 2)
    #expect(error.map { "\($0)" } == "\(path):3: unknown key `tex`; did you mean `text`?")
    #expect(throws: EventFileError.self) {
      try EventFile.forEach(path + "x", defaults: EventDefaults(milliseconds: now)) { _, _ in }
    }
  }

  @Test func `a line without an end is an error before it fills the memory`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("events.jsonl")
    try Data(count: 3 << 20).write(to: URL(filePath: path))
    let error = #expect(throws: EventFileError.self) {
      try EventFile.forEach(path, defaults: EventDefaults(milliseconds: now)) { _, _ in }
    }
    #expect(error.map { "\($0)" }?.hasPrefix("\(path):1: the line is longer than") == true)
  }
}
