import Agents
import Core
import Foundation
import GRDB
import TestSupport
import Testing

@testable import Sessions

@Suite
struct OutboxStoreTests {
  private let folder: TemporaryFolder
  private let store: SessionStore

  init() throws {
    folder = try TemporaryFolder()
    store = try SessionStore(path: folder.path("edgecrab.sqlite"), logger: .silent)
  }

  @Test func `replies survive a restart in order, with the number of their posts; their claims are done`() async throws
  {
    for post in ["p1", "p2"] as [Claim] {
      #expect(try await store.claim(post))
      try await store.add(
        Reply(id: .answer(to: post), text: "to \(post)"), payload: "where \(post)", finishing: post)
    }
    try await store.recordPosted(2, of: "p2", thread: "root")
    await store.close()
    let next = try SessionStore(path: store.path, logger: .silent)
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

  @Test func `a text with a control character, at which SQLite would cut it off, is stored completely`() async throws {
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

  @Test func `messages, replies and exchanges of an older store keep their order, and new ones follow`() async throws {
    let new = try SessionStore.upgraded(from: "12 failures", in: folder) { db in
      try db.execute(
        sql: """
          INSERT INTO claims (post, claimed_at, done) VALUES ('p2', 0, 0), ('p1', 0, 0), ('p0', 0, 1);
          INSERT INTO waiting (place, post, session, payload, root, begun, at)
            VALUES (6, 'p2', 'channel:c', 'x', 'r', 1, 0), (7, 'p1', 'channel:c', 'y', '', 0, 0);
          INSERT INTO outbox (place, reply, message, payload, text, files, is_failure, parts)
            VALUES (8, 'p2', 'p2', '', 'half out', '[]', 0, 1), (9, 'p0', NULL, 'where', 'said', '[]', 0, 0);
          INSERT INTO sessions (key, generation, started_at, last_at, turns) VALUES ('channel:c', 1, 0, 0, 1);
          INSERT INTO exchanges (id, place, session, post, user, speaker, agent, message, answer, outcome, at)
            VALUES (11, 5, 'channel:c', 'p', 'u', 'alice', 'a', 'hello', 'hi', 'answered', 0);
          INSERT INTO exchange_posts (exchange, post, root, channel, files) VALUES (11, 'p', '', 'c', '[]');
          """)
    }
    #expect(try await new.pending().map(\.claim) == ["p2", "p1"])
    #expect(try await new.pending().map(\.isAnswered) == [true, false])
    #expect(try await new.isBegun("p2"))
    #expect(try await new.pendingReplies().map(\.reply) == [Reply(id: "p0", text: "said", isResumed: true)])
    #expect(try await new.sessions(of: .message("p")) == [.channel("c")])
    #expect(try await new.sessions(of: .message("r")) == [.channel("c")])
    #expect(await new.nextPlace() == 12)
    _ = try await new.enqueue("p0", session: .channel("c"), payload: "z", at: .now)
    #expect(try await new.pending().map(\.claim) == ["p2", "p1", "p0"])
    try await new.forget(.message("p"), session: .channel("c"))
    #expect(try await new.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM exchange_posts") } == 0)
    try await new.finish(["p2"])
    #expect(try await new.enqueue("p2", session: .channel("c"), payload: "x", at: .now).reply == nil)
  }

  @Test func `answers of an older store are migrated`() async throws {
    let new = try SessionStore.upgraded(from: "1 sessions", in: folder) { db in
      try db.execute(
        sql: """
          INSERT INTO waiting (post, session, payload, answer, parts, at)
          VALUES ('p1', 'channel:c', 'x', 'half out', 1, 0), ('p2', 'channel:c', 'y', NULL, 0, 0)
          """)
    }
    #expect(try await new.pending().map(\.claim) == ["p1", "p2"])
    let known = try await new.enqueue("p1", session: .channel("c"), payload: "x", at: .now).reply
    #expect(known == Reply(id: "p1", text: "half out", postedCount: 1, isResumed: true))
    #expect(try await new.enqueue("p2", session: .channel("c"), payload: "y", at: .now).reply == nil)
  }
}
