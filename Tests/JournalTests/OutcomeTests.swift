import ConfigLoader
import Core
import Foundation
import Journal
import RuleEngine
import TestSupport
import Testing

/// Outcomes in the journal.
@Suite struct OutcomeTests {
  private let folder: TemporaryFolder
  private var path: String { folder.path("journal.sqlite") }

  init() throws { folder = try TemporaryFolder() }

  private func event(_ number: Int, mention: Mention = .direct) -> Event {
    Event(
      post: PostID("p\(number)"), channel: Channel(id: "c1", name: "dev", kind: .public),
      user: User(id: "u1", name: "alice"), mention: mention, text: "hello", botName: "crab", milliseconds: 1_000)
  }

  /// Records into a journal, and closes it as a gateway does.
  private func record(_ head: String = "", _ body: (Journal, CompiledRules) async -> Void) async throws {
    let rules = try ruleSet("  - { name: talk, when: { trigger: mention }, agent: echo }", head: head)
    let journal = try Journal(path: path, policy: rules.journal, logger: .silent)
    let running = Task { await journal.run() }
    await body(journal, try CompiledRules(rules))
    journal.close()
    await running.value
  }

  /// Records an event as the gateway does: a silent one has no claim.
  private func record(_ event: Event, _ journal: Journal, _ rules: CompiledRules) async {
    let decision = rules.decide(event)
    let isSilent = if case .silent = decision.outcome { true } else { false }
    await journal.record(event, decision, by: rules, claim: isSilent ? nil : event.post.rawValue)
  }

  private func records(_ filter: JournalFilter = JournalFilter()) throws -> [JournalRecord] {
    var records: [JournalRecord] = []
    try JournalFile(reading: path).forEachBatch(matching: filter) { records += $0 }
    return records
  }

  private func outcomes() throws -> [[EventOutcome]] { try records().map { $0.line.outcomes.map(\.outcome) } }

  @Test func `outcomes belong to the newest event of their post, also after a restart`() async throws {
    try await record { journal, rules in
      await record(event(1), journal, rules)
      journal.record(.corrected, of: "p1")
      await record(event(1), journal, rules)
      await record(event(2, mention: .none), journal, rules)
      journal.record(.answered(agent: "echo", posts: 2), of: "nowhere")
    }
    try await record { journal, _ in
      journal.record(.resumed, of: "p1")
      journal.record(.answered(agent: "echo", posts: 2), of: "p1")
    }
    #expect(try outcomes() == [[.corrected], [.resumed, .answered(agent: "echo", posts: 2)], []])
    #expect(try records().map(\.isPending) == [false, false, false])
    #expect(try records().allSatisfy { $0.line.outcomes.allSatisfy { $0.after >= 0 } })
  }

  @Test func `each selected event has its own outcomes only`() async throws {
    try await record { journal, rules in
      for number in 1...5 {
        var event = event(number)
        event.user = User(id: UserID("u\(number)"), name: number % 2 == 0 ? "bob" : "alice")
        await record(event, journal, rules)
      }
      for number in (1...5).reversed() { journal.record(.answered(agent: "echo", posts: number), of: "p\(number)") }
      journal.record(.direct, of: "p4")
    }
    var filter = JournalFilter()
    filter.user = "bob"
    #expect(
      try records(filter).map { $0.line.outcomes.map(\.outcome) } == [
        [.answered(agent: "echo", posts: 2)], [.answered(agent: "echo", posts: 4), .direct],
      ])
  }

  @Test func `an event has a bounded number of outcomes, the newest`() async throws {
    try await record { journal, rules in
      await record(event(1), journal, rules)
      for number in 1...30 { journal.record(.approval(agent: "a", choice: "allow_once", by: "u\(number)"), of: "p1") }
      journal.record(.answered(agent: "a", posts: 1), of: "p1")
    }
    #expect(try outcomes()[0].count == 20)
    #expect(try outcomes()[0].last == .answered(agent: "a", posts: 1))
  }

  @Test func `outcomes are deleted with their events, and not recorded without them`() async throws {
    let keep = "journal: { max_events: 2 }"
    try await record(keep) { journal, rules in
      for number in 1...5 {
        await record(event(number), journal, rules)
        journal.record(.said, of: "p\(number)")
      }
    }
    try await record(keep) { _, _ in }
    #expect(try records().map(\.line.event.post) == ["p4", "p5"])
    #expect(try outcomes() == [[.said], [.said]])
    #expect(try sqlite("SELECT count(*) FROM outcomes") == "2")
    try await record("journal: { facts: false }") { journal, rules in
      await record(event(5), journal, rules)
      journal.record(.done, of: "p5")
    }
    #expect(try outcomes() == [[.said], [.said]])
  }

  @Test func `a journal of an older version is read, and gets outcomes`() async throws {
    let line = #"{"post":"old","user":"bob","text":null,"decided":{"outcome":"ask","rule":"talk","agent":"echo"}}"#
    try sqlite(
      """
      CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
      INSERT INTO grdb_migrations VALUES ('1 events');
      CREATE TABLE events (id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, line TEXT NOT NULL) STRICT;
      CREATE INDEX events_by_age ON events (at);
      INSERT INTO events (at, line) VALUES (\(Int64(Date().timeIntervalSince1970 * 1_000)), '\(line)');
      """)
    #expect(try records().map(\.line.event.post) == ["old"])
    #expect(try JournalTexts.line(records()[0]).hasSuffix(" talk         outcome not recorded"))
    var pending = JournalFilter()
    pending.outcome = .pending
    #expect(try records(pending).isEmpty)
    var follower = try JournalFollower(path: path, matching: JournalFilter())
    try follower.begin { _ in }
    #expect(try follower.next().isEmpty)
    try await record { journal, rules in
      await record(event(1), journal, rules)
      journal.record(.said, of: "p1")
    }
    #expect(try outcomes() == [[], [.said]])
    #expect(try follower.next().map(\.line.event.post) == ["p1"])
  }

  @Test func `a follower sees new events, new outcomes, and a new file`() async throws {
    try await record { journal, rules in await record(event(1), journal, rules) }
    var follower = try JournalFollower(path: path, matching: JournalFilter())
    var seen: [PostID] = []
    try follower.begin { seen += $0.map(\.line.event.post) }
    #expect(try follower.next().isEmpty)
    try await record { journal, rules in
      journal.record(.said, of: "p1")
      await record(event(2), journal, rules)
    }
    #expect(try follower.next().map(\.line.event.post) == ["p1", "p2"])
    for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
    #expect(try follower.next().isEmpty)
    try await record { journal, rules in await record(event(3), journal, rules) }
    #expect(try follower.next().map(\.line.event.post) == ["p3"])
    #expect(seen == ["p1"])
  }

  @Test func `an answer to an agent's question is not replayed`() async throws {
    try await record { journal, rules in
      await journal.record(event(1), nil, by: rules, claim: "p1")
      journal.record(.answersQuestion, of: "p1")
      await record(event(2), journal, rules)
    }
    var posts: [PostID] = []
    try EventSource.journal(path, since: .min).forEachBatch(defaults: EventDefaults(milliseconds: 0)) {
      posts += $0.map(\.event.post)
    }
    #expect(posts == ["p2"])
    let file = try folder.write(try records().map(\.line.json).joined(separator: "\n"), to: "events.jsonl")
    posts = []
    try EventSource.file(file).forEachBatch(defaults: EventDefaults(milliseconds: 0)) { posts += $0.map(\.event.post) }
    #expect(posts == ["p2"])
  }

  /// Runs SQL as another program would, and returns the first value.
  @discardableResult
  private func sqlite(_ sql: String) throws -> String {
    let program = """
      import sqlite3, sys
      db = sqlite3.connect(sys.argv[1])
      if sys.argv[2].startswith("SELECT"): print(db.execute(sys.argv[2]).fetchone()[0], end="")
      else: db.executescript(sys.argv[2])
      """
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/python3")
    process.arguments = ["-c", program, path, sql]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let said = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw TestFailure("SQL failed: \(sql)") }
    return String(decoding: said, as: UTF8.self)
  }
}
