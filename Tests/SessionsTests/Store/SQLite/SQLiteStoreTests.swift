import Core
import Foundation
import GRDB
import TestSupport
import Testing

@testable import Sessions

/// The files of a SQLite store, and what is peculiar to it.
@Suite
struct SQLiteStoreTests {
  private let folder: TemporaryFolder
  private let store: SQLiteStore

  init() throws {
    folder = try TemporaryFolder()
    store = try SQLiteStore(path: folder.path("deep/in/edgecrab.sqlite"), logger: .silent)
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
    let store = try SQLiteStore(path: path, logger: .silent)
    await store.close()
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
  }

  @Test func `messages of an older store are found by their posts, threads and channels`() async throws {
    let new = try SQLiteStore.upgraded(from: "8 costs", in: folder) { db in
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

  @Test func `the claim of an edit is stored at once, and one that is released before it is stored is gone`()
    async throws
  {
    #expect(try await store.claim("p1@17"))
    let snapshot = try folder.snapshot()
    defer { withExtendedLifetime(snapshot) {} }
    let after = try SQLiteStore(path: snapshot.path("deep/in/edgecrab.sqlite"), logger: .silent)
    #expect(try await after.isClaimed("p1@17"))
    #expect(try await store.claim("p2"))
    try await store.release("p2")
    #expect(try await store.claim("p2"))
    try await store.finish(["p2"])
    #expect(try await store.unfinished() == [.claimed("p1@17")])
  }

  @Test func `messages, replies and exchanges of an older store keep their order, and new ones follow`() async throws {
    let new = try SQLiteStore.upgraded(from: "12 failures", in: folder) { db in
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
    let new = try SQLiteStore.upgraded(from: "1 sessions", in: folder) { db in
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
