import ConfigLoader
import Core
import Foundation
import Journal
import Logging
import RuleAnalysis
import RuleEngine
import TestSupport
import Testing

@Suite struct JournalTests {
  private let folder: TemporaryFolder
  private var path: String { folder.path("journal.sqlite") }

  init() throws { folder = try TemporaryFolder() }

  private func event(_ number: Int = 0, text: String = "hello", author: Author = .human) -> Event {
    Event(
      post: PostID("p\(number)"), team: "t1", channel: Channel(id: "c1", name: "dev", kind: .public),
      user: User(id: "u1", name: "alice"), author: author, mention: .direct, text: text, botName: "crab",
      milliseconds: 1_000)
  }

  /// Records events with rules, and closes the journal as a gateway does.
  private func record(_ events: [Event], by rules: RuleSet) async throws {
    let journal = try Journal(path: path, policy: rules.journal, teamNames: ["t1": "core"], logger: .silent)
    let running = Task { await journal.run() }
    let compiled = try CompiledRules(rules)
    for event in events { await journal.record(event, compiled.decide(event), by: compiled) }
    journal.close()
    await running.value
  }

  private func lines(since milliseconds: Int64 = .min) throws -> [EventLine] {
    var lines: [EventLine] = []
    try JournalFile(reading: path).forEachBatch(matching: JournalFilter(since: milliseconds)) {
      lines += $0.map(\.line)
    }
    return lines
  }

  private let talk = """
      - { name: spy, when: { trigger: mention }, mode: shadow, say: hi }
      - { name: talk, when: { trigger: [mention, command] }, agent: echo, session: member }
    """

  @Test func `a journal that is deleted while it is written is created again, and the log says so`() async throws {
    let rules = try ruleSet(talk)
    let messages = AsyncQueue<String>()
    let journal = try Journal(
      path: path, policy: rules.journal, logger: Logger(label: "test") { _ in QueueLogHandler(messages: messages) })
    let running = Task { await journal.run() }
    let compiled = try CompiledRules(rules)
    func record(_ event: Event) async throws {
      await journal.record(event, compiled.decide(event), by: compiled)
    }
    try await record(event(1))
    try await wait(for: "the first to be written") { try lines().count == 1 }
    for suffix in ["", "-wal", "-shm"] { try FileManager.default.removeItem(atPath: path + suffix) }
    try await record(event(2))
    #expect(try await messages.next("a word on it").contains("the file of the journal was deleted"))
    journal.close()
    await running.value
    #expect(try lines().map(\.event.post) == ["p2"])
  }

  @Test func `a decision is recorded with its facts and without its text`() async throws {
    let rules = try ruleSet(talk)
    try await record([event(text: "@crab /new and a secret"), event(text: "")], by: rules)
    let recorded = try lines()
    #expect(recorded.map(\.isTextKept) == [false, true])
    #expect(recorded[0].event.body == "/new")
    #expect(recorded[0].teamName == "core")
    #expect(recorded[0].event.user == User(id: "u1", name: "alice"))
    #expect(
      recorded[0].decided
        == RecordedDecision(
          Verdict(rule: "talk", outcome: .run, command: "new", session: .member), shadows: ["spy"],
          rules: rules.fingerprint))
    // In no file, not only in no line.
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
    #expect(!names.isEmpty)
    for name in names {
      let bytes = try Data(contentsOf: folder.url.appending(path: name))
      #expect(bytes.range(of: Data("secret".utf8)) == nil, "\(name)")
    }
  }

  @Test func `the text is recorded if the rules file says so`() async throws {
    try await record([event(text: "@crab hello")], by: try ruleSet(talk, head: "journal: { text: true }"))
    #expect(try lines().map(\.event.text) == ["@crab hello"])
    #expect(try lines().map(\.event.body) == ["hello"])
  }

  @Test func `nothing is recorded if the rules file says so, and never a post that reaches no rule`() async throws {
    try await record([event()], by: try ruleSet(talk, head: "journal: { facts: false }"))
    try await record([event(author: .own), event(author: .system)], by: try ruleSet(talk))
    #expect(try lines().isEmpty)
  }

  @Test func `only its owner can read the journal`() async throws {
    try await record([event()], by: try ruleSet(talk))
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
  }

  @Test func `the oldest events are deleted if there are too many`() async throws {
    let rules = try ruleSet(talk, head: "journal: { max_events: 10 }")
    try await record((0..<25).map { event($0) }, by: rules)
    // Each gateway checks the journal when it starts.
    try await record([], by: rules)
    #expect(try lines().map(\.event.post) == (15...24).map { PostID("p\($0)") })
  }

  @Test func `a text that is longer than any post is not stored, but its event is`() async throws {
    let long = String(repeating: "\0", count: 64 * 1024 + 1)
    let rules = try ruleSet(talk, head: "journal: { text: true }")
    try await record([event(text: long), event(text: String(long.dropLast()))], by: rules)
    #expect(try lines().map(\.isTextKept) == [false, true])
    #expect(try lines().map(\.event.text.utf8.count) == [0, 64 * 1024])
  }

  @Test func `events can be read from a moment on`() async throws {
    try await record([event()], by: try ruleSet(talk))
    let now = Int64(Date().timeIntervalSince1970 * 1_000)
    #expect(try lines(since: now - 60_000).count == 1)
    #expect(try lines(since: now + 60_000).isEmpty)
  }

  @Test func `events beyond the capacity of the buffer are dropped, and the log says so`() async throws {
    let messages = AsyncQueue<String>()
    let journal = try Journal(path: path, logger: Logger(label: "test") { _ in QueueLogHandler(messages: messages) })
    let rules = try CompiledRules(ruleSet(talk))
    let decision = rules.decide(event())
    for number in 0..<10_003 { await journal.record(event(number), decision, by: rules) }
    journal.close()
    await journal.run()
    #expect(
      try await messages.next("the log") == "decisions and outcomes not recorded: the disk of the journal is too slow")
    #expect(try lines().count == 10_000)
  }

  @Test func `events after the journal is closed are ignored without an error`() async throws {
    let messages = AsyncQueue<String>()
    let journal = try Journal(path: path, logger: Logger(label: "test") { _ in QueueLogHandler(messages: messages) })
    let rules = try CompiledRules(ruleSet(talk))
    let decision = rules.decide(event())
    await journal.record(event(1), decision, by: rules, claim: "p1")
    journal.close()
    await journal.record(event(2), decision, by: rules, claim: "p2")
    journal.record(.said, of: "p1")
    await journal.run()
    messages("nothing more")
    #expect(try await messages.next("the log") == "nothing more")
    #expect(try lines().map(\.event.post) == ["p1"])
  }

  @Test func `a file that is not a journal is refused with a remedy`() throws {
    try Data(repeating: 7, count: 4_096).write(to: URL(filePath: path))
    let error = #expect(throws: JournalError.self) { try Journal(path: path, logger: .silent) }
    #expect(error?.code == .corrupt)
    #expect(error.map { "\($0)" }?.contains("move it to another folder") == true)
    let missing = #expect(throws: JournalError.self) { try JournalFile(reading: path + "x") }
    #expect(missing?.code == .missing)
  }

  @Test func `events that a newer policy does not retain are overwritten on the disk at once`() async throws {
    let rules = try ruleSet(talk, head: "journal: { text: true }")
    let journal = try Journal(path: path, policy: rules.journal, logger: .silent)
    let running = Task { await journal.run() }
    let compiled = try CompiledRules(rules)
    for number in 0..<20 {
      let event = event(number, text: "@crab secret")
      await journal.record(event, compiled.decide(event), by: compiled)
    }
    try await wait(for: "the events in the journal") { try lines().count == 20 }
    await journal.use(JournalPolicy(maxEvents: 0))
    #expect(try lines().isEmpty)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
    #expect(!names.isEmpty)
    for name in names {
      let bytes = try Data(contentsOf: folder.url.appending(path: name))
      #expect(bytes.range(of: Data("secret".utf8)) == nil, "\(name)")
    }
    journal.close()
    await running.value
  }
}
