import Agents
import Core
import Foundation
import TestSupport
import Testing

@testable import Sessions

@Suite(.everyStore, .timeLimit(.minutes(1)))
struct OutboxStoreTests {
  private let data: TestStore

  private var store: any SessionStore { data.store }

  init() async throws { data = try await TestStore(TemporaryFolder()) }

  @Test func `replies survive a restart in order, with the number of their posts; their claims are done`() async throws
  {
    for post in ["p1", "p2"] as [Claim] {
      #expect(try await store.claim(post))
      try await store.add(
        Reply(id: .answer(to: post), text: "to \(post)"), payload: "where \(post)", finishing: post)
    }
    try await store.recordPosted(2, of: "p2", thread: "root")
    await store.close()
    let next = try await TestStore(data.folder).store
    #expect(
      try await next.pendingReplies() == [
        PendingReply(reply: Reply(id: "p1", text: "to p1", isResumed: true), payload: "where p1"),
        PendingReply(reply: Reply(id: "p2", text: "to p2", postedCount: 2, isResumed: true), payload: "where p2"),
      ])
    #expect(try await !next.claim("p1"))
    #expect(try await next.hasJoined(thread: "root"))
    try await next.removePosted("p1", thread: "last")
    #expect(try await next.hasJoined(thread: "last"))
    #expect(try await next.pendingReplies().map(\.reply.id) == ["p2"])
  }

  @Test func `a text with a control character, which no database takes, is stored completely`() async throws {
    try await store.add(Reply(id: "p1", text: "before\u{0}after\r\n"), payload: "")
    #expect(try await store.pendingReplies().map(\.reply.text) == ["beforeafter\n"])
  }

  @Test func `the first reply of an id stays`() async throws {
    try await store.add(Reply(id: "p1", text: "first"), payload: "a")
    try await store.recordPosted(1, of: "p1", thread: "root")
    try await store.add(Reply(id: "p1", text: "second"), payload: "b")
    #expect(
      try await store.pendingReplies().map(\.reply) == [Reply(id: "p1", text: "first", postedCount: 1, isResumed: true)]
    )
  }

  @Test func `the reply to a message is stored as long as the message waits`() async throws {
    #expect(try await store.enqueue("p1", session: .channel("c"), payload: "x", at: .now).reply == nil)
    #expect(try await store.add(Reply(id: "p1", text: "why not", isFailure: true), to: "p1"))
    let kept = try await store.enqueue("p1", session: .channel("c"), payload: "x", at: .now).reply
    #expect(kept == Reply(id: "p1", text: "why not", isFailure: true, isResumed: true))
    #expect(try await store.pendingReplies().isEmpty)
    try await store.finish(["p1"])
    #expect(try await store.enqueue("p1", session: .channel("c"), payload: "x", at: .now).reply == nil)
  }

  @Test func `a reply to a message that does not wait any more is not stored`() async throws {
    _ = try await store.enqueue("p1", session: .channel("c"), payload: "x", at: .now)
    try await store.finish(["p1"])
    #expect(try await !store.add(Reply(id: "p1", text: "too late"), to: "p1"))
    #expect(try await store.pendingReplies().isEmpty)
    #expect(try await store.enqueue("p1", session: .channel("c"), payload: "x", at: .now).reply == nil)
  }
}
