import Agents
import Core
import Foundation
import Logging
import RuleEngine
import TestSupport
import Testing

@testable import Sessions

@Suite(.everyStore, .timeLimit(.minutes(1)))
struct SessionStoreTests {
  private let data: TestStore
  private let noon = Date(timeIntervalSince1970: 1_700_000_000)
  private let day = 86_400.0

  private var store: any SessionStore { data.store }

  init() async throws { data = try await TestStore(TemporaryFolder()) }

  @Test func `a post is claimed once, however many callers ask at the same time`() async throws {
    let winners = try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<50 { group.addTask { try await store.claim("p1") } }
      return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(winners == 1)
  }

  @Test func `all claims hold after a restart; those without any work are reported in their order`() async throws {
    for (index, claim) in (["finished", "early", "waiting", "late"] as [Claim]).enumerated() {
      #expect(try await store.claim(claim, at: noon + Double(index)))
    }
    try await store.finish(["finished"])
    _ = try await store.enqueue("waiting", session: .channel("c"), payload: "x", at: noon + 2)
    await store.close()
    let next = try await TestStore(data.folder).store
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
    let next = try await TestStore(data.folder).store
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
    _ = try await store.begin(.channel("c"), at: start)
    try await store.joinThread("root", at: start)
    #expect(try await store.hasJoined(thread: "root"))
    #expect(try await !store.claim("old", at: start + 29 * day))
    // A database deletes beside the claims.
    try await wait(for: "the old claim to be deleted") { try await store.claim("old", at: start + 31 * day) }
    #expect(try await !store.claim("kept", at: start + 31 * day))
    #expect(try await store.facts(of: .channel("c")) != nil)
    _ = try await store.claim("another", at: start + 366 * day)
    try await wait(for: "the old conversation to be deleted") { try await store.facts(of: .channel("c")) == nil }
    try await wait(for: "the old thread to be deleted") { try await !store.hasJoined(thread: "root") }
  }

  @Test func `joined threads are known after a restart`() async throws {
    try await store.joinThread("r1")
    try await store.joinThread("r2")
    try await store.joinThread("r1")
    await store.close()
    let next = try await TestStore(data.folder).store
    for (root, isJoined) in [("r1", true), ("r2", true), ("r3", false)] as [(PostID, Bool)] {
      #expect(try await next.hasJoined(thread: root) == isJoined)
    }
  }

  @Test func `the history is bounded by number and by size, and the newest exchanges stay`() async throws {
    let fixture = try await Fixture()
    func exchange(_ message: String, answer: String) async throws {
      let request = fixture.request("post \(message)", message)
      _ = try await fixture.store.enqueue(request.claim, session: .channel("c"), payload: "", at: noon)
      let turn = TurnRecord(request: request, end: .answered, answer: answer)
      try await fixture.store.end(turn, session: .channel("c"), at: noon)
    }
    let most = Limits.historyExchangesMax
    for number in 1...(most + 5) { try await exchange("\(number)", answer: "ok") }
    let many = try await fixture.store.begin(.channel("c"), at: noon).history
    #expect(many.map(\.message) == (6...(most + 5)).map { "\($0)" })
    let kept = try await fixture.data.count(of: "exchanges")
    #expect(kept == most)

    let third = String(repeating: "x", count: Limits.historyBytesMax / 3)
    for number in 1...4 { try await exchange("big \(number)", answer: third) }
    let big = try await fixture.store.begin(.channel("c"), at: noon).history
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
