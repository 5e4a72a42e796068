import Agents
import Core
import Foundation
import GRDB
import Logging
import RuleEngine
import TestSupport
import Testing

@testable import Sessions

@Suite
struct SessionStoreTests {
  private let folder: TemporaryFolder
  private let store: SessionStore
  private let noon = Date(timeIntervalSince1970: 1_700_000_000)
  private let day = 86_400.0

  init() throws {
    folder = try TemporaryFolder()
    store = try SessionStore(path: folder.path("deep/in/edgecrab.sqlite"), logger: .silent)
  }

  @Test func `the store's folder and files are readable by their owner alone`() async throws {
    _ = try await store.claim("p1")
    for (name, mode) in [
      ("deep", 0o700), ("deep/in", 0o700), ("deep/in/edgecrab.sqlite", 0o600), ("deep/in/edgecrab.sqlite-wal", 0o600),
      ("deep/in/edgecrab.sqlite.lock", 0o600),
    ] {
      let attributes = try FileManager.default.attributesOfItem(atPath: folder.path(name))
      #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == mode, "\(name)")
    }
  }

  @Test func `a store file that others could read is narrowed to its owner`() async throws {
    let path = folder.path("open.sqlite")
    #expect(FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o644]))
    let store = try SessionStore(path: path, logger: .silent)
    await store.close()
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
  }

  @Test func `messages of an older store are found by their posts, threads and channels`() async throws {
    let new = try SessionStore.upgraded(from: "8 costs", in: folder) { db in
      for (key, post, root) in [
        ("channel:c1", "p1", ""), ("member:c2:u", "p2@17", "r"), ("user:u", "p3", ""),
      ] {
        try db.execute(
          sql: "INSERT INTO sessions (key, generation, started_at, last_at, turns) VALUES (?, 1, 0, 0, 1)",
          arguments: [key])
        try db.execute(
          sql: """
            INSERT INTO exchanges (place, session, post, user, speaker, agent, message, answer, outcome, root, at)
            VALUES (1, ?, ?, 'u', 'alice', 'a', 'hello', 'hi', 'answered', ?, 0)
            """, arguments: [key, post, root])
      }
    }
    let member = SessionKey.member(channel: "c2", user: "u")
    for (post, keys) in [("p1", [.channel("c1")]), ("p2", [member]), ("r", [member]), ("p9", [])]
      as [(PostID, [SessionKey])]
    {
      #expect(try await new.sessions(of: .message(post)) == keys)
    }
    #expect(try await new.sessions(of: .answer(to: "p3")) == [.user("u")])
    #expect(try await new.rememberedChannels() == ["c1", "c2"])
    try await new.forget(.message("p2"), session: member)
    #expect(try await new.sessions(of: .message("r")).isEmpty)
  }

  @Test func `a post is claimed once, however many callers ask at the same time`() async throws {
    let winners = try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<50 { group.addTask { try await store.claim("p1") } }
      return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(winners == 1)
  }

  @Test func `the claim of an edit is stored at once, and one that is released before it is stored is gone`()
    async throws
  {
    #expect(try await store.claim("p1@17"))
    let snapshot = try folder.snapshot()
    defer { withExtendedLifetime(snapshot) {} }
    let after = try SessionStore(path: snapshot.path("deep/in/edgecrab.sqlite"), logger: .silent)
    #expect(try await after.isClaimed("p1@17"))
    #expect(try await store.claim("p2"))
    try await store.release("p2")
    #expect(try await store.claim("p2"))
    try await store.finish(["p2"])
    #expect(try await store.unfinished() == [.claimed("p1@17")])
  }

  @Test func `all claims hold after a restart; those without any work are reported in their order`() async throws {
    for (index, claim) in (["finished", "early", "waiting", "late"] as [Claim]).enumerated() {
      #expect(try await store.claim(claim, at: noon + Double(index)))
    }
    try await store.finish(["finished"])
    _ = try await store.enqueue("waiting", session: .channel("c"), payload: "x", at: noon + 2)
    await store.close()
    let next = try SessionStore(path: store.path, logger: .silent)
    for claim in ["finished", "early", "waiting", "late"] as [Claim] { #expect(try await !next.claim(claim, at: noon)) }
    let unfinished = try await next.unfinished()
    #expect(unfinished.count == 3)
    #expect(unfinished.first == .claimed("early") && unfinished.last == .claimed("late"))
    guard case .waiting(let message) = unfinished[1] else { throw TestFailure("nothing waits between them") }
    #expect(message.claim == "waiting" && message.at == noon + 2)
  }

  @Test func `cursors survive a restart; initial cursors count at the first start alone`() async throws {
    let first: [ChannelID: ChannelCursor] = [
      "c": ChannelCursor(post: nil, createAt: 1), "d": ChannelCursor(post: nil, createAt: 2),
    ]
    #expect(try await store.begin(with: first, at: noon) == noon)
    try await store.update(["c": ChannelCursor(post: "p", createAt: 3)])
    try await store.update([:], removing: ["d"])
    await store.close()
    let next = try SessionStore(path: store.path, logger: .silent)
    #expect(try await next.begin(with: first, at: noon + 60) == noon)
    #expect(try await next.cursors() == ["c": ChannelCursor(post: "p", createAt: 3)])
  }

  @Test func `waiting messages of a post and of its edits are found by the post, and no others`() async throws {
    for claim in ["p1", "p1@5", "p12", "p2"] as [Claim] {
      _ = try await store.enqueue(claim, session: .channel("c"), payload: "x", at: noon)
    }
    #expect(try await store.pending(of: "p1").map(\.claim) == ["p1", "p1@5"])
  }

  @Test func `old claims and conversations are deleted`() async throws {
    let start = noon
    #expect(try await store.claim("old", at: start))
    try await store.finish(["old"])
    #expect(try await store.claim("kept", at: start))
    _ = try await store.enqueue("kept", session: .channel("c"), payload: "x", at: start)
    _ = try await store.begin(.channel("c"), policy: SessionPolicy(), leavingOut: nil, at: start)
    try await store.joinThread("root", at: start)
    #expect(try await store.hasJoined(thread: "root"))
    #expect(try await !store.claim("old", at: start + 29 * day))
    #expect(try await store.claim("old", at: start + 31 * day))
    #expect(try await !store.claim("kept", at: start + 31 * day))
    #expect(try await store.facts(of: .channel("c")) != nil)
    _ = try await store.claim("another", at: start + 366 * day)
    #expect(try await store.facts(of: .channel("c")) == nil)
    #expect(try await !store.hasJoined(thread: "root"))
  }

  @Test func `joined threads are known after a restart`() async throws {
    try await store.joinThread("r1")
    try await store.joinThread("r2")
    try await store.joinThread("r1")
    await store.close()
    let next = try SessionStore(path: store.path, logger: .silent)
    for (root, isJoined) in [("r1", true), ("r2", true), ("r3", false)] as [(PostID, Bool)] {
      #expect(try await next.hasJoined(thread: root) == isJoined)
    }
  }

  @Test func `the history is bounded by number and by size, and the newest exchanges stay`() async throws {
    let fixture = try Fixture()
    func exchange(_ message: String, answer: String) async throws {
      let request = fixture.request("post \(message)", message)
      _ = try await fixture.store.enqueue(request.claim, session: .channel("c"), payload: "", at: noon)
      let turn = TurnRecord(request: request, end: .answered, answer: answer)
      try await fixture.store.end(turn, session: .channel("c"), at: noon)
    }
    let most = Limits.historyExchangesMax
    for number in 1...(most + 5) { try await exchange("\(number)", answer: "ok") }
    let many = try await fixture.store.begin(.channel("c"), policy: SessionPolicy(), leavingOut: nil, at: noon).history
    #expect(many.map(\.message) == (6...(most + 5)).map { "\($0)" })
    let kept = try await fixture.store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM exchanges") }
    #expect(kept == most)

    let third = String(repeating: "x", count: Limits.historyBytesMax / 3)
    for number in 1...4 { try await exchange("big \(number)", answer: third) }
    let big = try await fixture.store.begin(.channel("c"), policy: SessionPolicy(), leavingOut: nil, at: noon).history
    #expect(big.map(\.message) == ["big 3", "big 4"])
  }

  @Test func `cancelling the caller does not cut an operation short`() async throws {
    let gate = Gate()
    let task = Task {
      await gate.wait()
      #expect(Task.isCancelled)
      return try await store.claim("p1")
    }
    task.cancel()
    gate.open()
    #expect(try await task.value)
    #expect(try await !store.claim("p1"))
  }
}
