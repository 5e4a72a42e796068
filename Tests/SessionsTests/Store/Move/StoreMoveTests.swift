import Agents
import Core
import Foundation
import PostgreSQL
import RuleEngine
import TestSupport
import Testing

@testable import Sessions

/// Moving a store from SQLite to PostgreSQL.
@Suite(.timeLimit(.minutes(1)))
struct StoreMoveTests {
  private let folder: TemporaryFolder
  private let database: PostgresServer.Database
  private let noon = Date(timeIntervalSince1970: 1_700_000_000)

  private var path: String { folder.path("edgecrab.sqlite") }

  init() async throws {
    folder = try TemporaryFolder()
    database = try await PostgresServer.shared.newDatabase()
  }

  private func move() async throws -> StoreMove.Report {
    try await StoreMove(
      from: path, to: PostgresAddress(database.url), member: MemberDescription(name: "move:1", program: "test"),
      logger: .silent
    ).run()
  }

  private func target() async throws -> PostgresStore {
    let store = try await PostgresStore(
      PostgresAddress(database.url), bot: "bot", member: MemberDescription(name: "new:2", program: "test"),
      logger: .silent)
    try await store.join(rules: "rules")
    return store
  }

  /// Fills a store with something of everything.
  private func fill(_ store: any SessionStore) async throws {
    _ = try await store.begin(with: ["c": ChannelCursor(post: "p0", createAt: 5)], at: noon)
    let fixture = try await Fixture()
    let session = SessionKey.channel("c")
    for (number, end) in [TurnEnd.answered, .failed, .answered].enumerated() {
      let claim = "p\(number + 1)"
      #expect(try await store.claim(Claim(text: claim), at: noon))
      var request = fixture.request(claim, "message \(number)", user: "u-\(number)")
      request.origin.thread = number == 0 ? "root" : nil
      request.origin.channel = "c"
      _ = try await store.enqueue(request.claim, session: session, payload: "x", at: noon)
      var turn = TurnRecord(request: request, end: end, answer: end == .answered ? "answer \(number)" : nil)
      turn.usage = TokenUsage(input: 3, output: 4)
      turn.usage?.cost = Cost(millionths: 17, currency: "EUR")
      try await store.end(turn, session: session, at: noon)
    }
    try await store.setNote("remember", AgentNoteKey(session: session, generation: 1, cuts: 0, agent: "a"))
    #expect(try await store.claim("p8", at: noon))
    #expect(try await store.claim("p9", at: noon))
    _ = try await store.enqueue("p9", session: session, payload: "y", root: "root", at: noon)
    try await store.setBegun(true, "p9")
    #expect(try await store.add(Reply(id: "p9", text: "half"), to: "p9"))
    try await store.add(Reply(id: "p7-late", text: "a notice", isFailure: true), payload: "where")
    try await store.recordPosted(2, of: "p7-late", thread: "joined")
  }

  /// What a store says of everything.
  private func content(of store: any SessionStore) async throws -> [String] {
    let session = SessionKey.channel("c")
    let start = try await store.begin(session, at: noon)
    let usage = try await store.usage(of: session)
    var facts = try await store.facts(of: session)
    facts?.member = 0
    return [
      "\(start)", "\(usage)", "\(String(describing: facts))", "\(try await store.unfinished())",
      "\(try await store.pendingReplies())", "\(try await store.cursors())",
      "\(try await store.isBegun("p9"))", "\(try await store.hasJoined(thread: "joined"))",
      "\(try await store.sessions(of: .message("root")))", "\(try await store.rememberedChannels())",
      "\(String(describing: try await store.lastExchange(of: "u-1", session: session)))",
      "\(String(describing: try await store.note(AgentNoteKey(session: session, generation: 1, cuts: 0, agent: "a"))))",
      "\(try await store.enqueue("p9", session: session, payload: "y", root: "root", at: noon))",
    ]
  }

  @Test func `everything is in the database afterwards, and goes on there`() async throws {
    let old = try SQLiteStore(path: path, logger: .silent)
    try await fill(old)
    let before = try await content(of: old)
    await old.close()
    let report = try await move()
    #expect(report.oldStore == path + ".moved")
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(
      report.counts == [
        "1 conversation", "3 exchanges", "3 posts of exchanges", "2 sums of tokens", "2 sums of costs",
        "1 note of an agent", "1 waiting message", "2 replies to post", "5 claims", "1 joined thread",
        "1 channel's position",
      ])
    let new = try await target()
    #expect(try await content(of: new) == before)
    #expect(try await !new.claim("p8", at: noon))
    _ = try await new.enqueue("p10", session: .channel("c"), payload: "z", at: noon)
    #expect(try await new.pending().map(\.claim) == ["p9", "p10"])
    #expect(try await new.begin(with: [:], at: noon + 60) == noon)
    await new.close()
  }

  @Test func `a database with data, and a store that is in use or missing, are refused and stay as they are`()
    async throws
  {
    await #expect { try await move() } throws: { ($0 as? StoreError)?.code == .missing }
    let old = try SQLiteStore(path: path, logger: .silent)
    try await fill(old)
    await #expect { try await move() } throws: { ($0 as? StoreError)?.code == .inUse }
    await old.close()
    let new = try await target()
    await #expect { try await move() } throws: { ($0 as? StoreError)?.code == .hasGateways }
    _ = try await new.begin(with: [:], at: noon)
    await new.close()
    await #expect { try await move() } throws: { ($0 as? StoreError)?.code == .notEmpty }
    #expect(FileManager.default.fileExists(atPath: path))
  }

  @Test func `a move that was interrupted is begun again, and more rows than are read at once are moved`() async throws
  {
    let old = try SQLiteStore(path: path, logger: .silent)
    let claims = (1...(Limits.databaseTextsMax * 2 + 3)).map { Claim(text: "p\($0)") }
    for claim in claims { #expect(try await old.claim(claim, at: noon)) }
    await old.close()
    // What an interrupted one has left.
    let part = try await target()
    #expect(try await part.claim("p2", at: noon))
    await part.close()
    let report = try await move()
    #expect(report.counts == [claims.count.counted("claim")])
    let new = try await target()
    #expect(try await new.unfinished().count == claims.count)
    await new.close()
  }
}
