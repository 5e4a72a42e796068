import Foundation
import GRDB
import TestSupport
import Testing

@testable import AgentSessions

@Suite("The outbox")
struct OutboxStoreTests {
  private let folder: TemporaryFolder
  private let store: SessionStore

  init() throws {
    folder = try TemporaryFolder()
    store = try SessionStore(path: folder.path("edgecrab.sqlite"), logger: .silent)
  }

  @Test("keeps a saying over a restart, in order, with what is out of it; its post is taken in no more")
  func pendingReplies() async throws {
    for post in ["p1", "p2"] {
      #expect(try await store.claim(post))
      try await store.keep(Reply(id: post, text: "to \(post)"), payload: "where \(post)", closing: post)
    }
    try await store.recordPosted(parts: 2, of: "p2", inThread: "root")
    await store.close()
    let next = try SessionStore(path: store.path, logger: .silent)
    #expect(
      try await next.pendingReplies() == [
        PendingReply(reply: Reply(id: "p1", text: "to p1", isResumed: true), payload: "where p1"),
        PendingReply(reply: Reply(id: "p2", text: "to p2", partsPosted: 2, isResumed: true), payload: "where p2"),
      ])
    #expect(try await !next.claim("p1"))
    #expect(try await next.hasJoined(thread: "root"))
    try await next.letGo(of: "p1")
    #expect(try await next.pendingReplies().map(\.reply.id) == ["p2"])
  }

  /// Issue 11, no. 4.
  @Test("keeps a text whole that had a control character, at which SQLite would cut it off")
  func postable() async throws {
    try await store.keep(Reply(id: "p1", text: "before\u{0}after\r\n"), payload: "")
    #expect(try await store.pendingReplies().map(\.reply.text) == ["beforeafter\n"])
  }

  @Test("lets what was kept first stand")
  func keptTwice() async throws {
    try await store.keep(Reply(id: "p1", text: "first"), payload: "a")
    try await store.recordPosted(parts: 1, of: "p1", inThread: "root")
    try await store.keep(Reply(id: "p1", text: "second"), payload: "b")
    #expect(
      try await store.pendingReplies().map(\.reply) == [Reply(id: "p1", text: "first", partsPosted: 1, isResumed: true)]
    )
  }

  @Test("keeps the reply to a message for as long as the message waits")
  func replies() async throws {
    #expect(try await store.keep("p1", session: "channel:c", payload: "x", at: .now).reply == nil)
    try await store.keep(Reply(id: "p1", text: "why not", isFailure: true), to: "p1")
    let kept = try await store.keep("p1", session: "channel:c", payload: "x", at: .now).reply
    #expect(kept == Reply(id: "p1", text: "why not", isFailure: true, isResumed: true))
    #expect(try await store.pendingReplies().isEmpty)
    try await store.finish(["p1"])
    #expect(try await store.keep("p1", session: "channel:c", payload: "x", at: .now).reply == nil)
  }

  @Test("takes over the answers that an older store has")
  func migration() async throws {
    let path = folder.path("old.sqlite")
    let old = try DatabaseQueue(path: path)
    try Schema.migrator.migrate(old, upTo: "1 sessions")
    try await old.write { db in
      try db.execute(
        sql: """
          INSERT INTO waiting (post, session, payload, answer, parts, at)
          VALUES ('p1', 'channel:c', 'x', 'half out', 1, 0), ('p2', 'channel:c', 'y', NULL, 0, 0)
          """)
    }
    try old.close()
    let new = try SessionStore(path: path, logger: .silent)
    #expect(try await new.pending().map(\.post) == ["p1", "p2"])
    let known = try await new.keep("p1", session: "channel:c", payload: "x", at: .now).reply
    #expect(known == Reply(id: "p1", text: "half out", partsPosted: 1, isResumed: true))
    #expect(try await new.keep("p2", session: "channel:c", payload: "y", at: .now).reply == nil)
  }
}
