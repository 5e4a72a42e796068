import Core
import Foundation
import PostgreSQL
import TestSupport
import Testing

@testable import Sessions

/// What is peculiar to a store in PostgreSQL: whose it is, who may change it, and failures of the database.
@Suite(.timeLimit(.minutes(2)))
struct PostgresStoreTests {
  private let noon = Date(timeIntervalSince1970: 1_700_000_000)

  /// Opens a store without joining it.
  private func open(
    _ database: PostgresServer.Database, bot: UserID = "bot", name: String = "one:1", lease: LeaseTimes = LeaseTimes()
  ) async throws -> PostgresStore {
    try await PostgresStore(
      PostgresAddress(database.url), bot: bot, member: MemberDescription(name: name, program: "test"), lease: lease,
      logger: .silent)
  }

  private func joined(
    _ database: PostgresServer.Database, name: String = "one:1", lease: LeaseTimes = LeaseTimes()
  ) async throws -> PostgresStore {
    let store = try await open(database, name: name, lease: lease)
    try await store.join(rules: "rules")
    return store
  }

  // MARK: Who may change it

  @Test func `one that has not joined can read and changes nothing`() async throws {
    let store = try await open(try await PostgresServer.shared.newDatabase())
    #expect(try await store.pending().isEmpty)
    #expect(await storeError { _ = try await store.claim("p1", at: noon) }?.code == .closed)
    #expect(try await !store.isClaimed("p1"))
    await store.close()
  }

  @Test func `a gateway that was taken over learns it, and can change nothing any more`() async throws {
    let (server, database) = (try await PostgresServer.shared, try await PostgresServer.shared.newDatabase())
    let old = try await joined(database, name: "old:1")
    _ = try await old.enqueue("p1", session: .channel("c"), payload: "x", at: noon)
    // Its lease is over, as if it had been paused.
    try await server.execute("DELETE FROM members", in: database.name)
    let new = try await joined(database, name: "new:2")
    let attempts: [() async throws -> Void] = [
      { _ = try await old.claim("p2", at: noon) },
      { try await old.finish(["p1"]) },
      { try await old.setBegun(true, "p1") },
      { _ = try await old.add(Reply(id: "p1", text: "late"), to: "p1") },
      { try await old.joinThread("root", at: noon) },
      { _ = try await old.renew(.channel("c"), at: noon) },
      { try await old.update(["c": ChannelCursor(post: "p9", createAt: 9)], removing: []) },
    ]
    for attempt in attempts { #expect(await storeError(attempt)?.code == .takenOver) }
    #expect(await old.run(checkingEvery: .seconds(1))?.code == .takenOver)
    #expect(try await new.pending().map(\.claim) == ["p1"])
    #expect(try await !new.isBegun("p1"))
    #expect(try await !new.isClaimed("p2"))
    #expect(try await new.cursors().isEmpty)
    #expect(try await !new.hasJoined(thread: "root"))
    await old.close()
    // What the old one gives back on its end is not the lease of the new one.
    #expect(try await new.claim("p2", at: noon))
    await new.close()
  }

  // MARK: The lease

  /// Times in which a test can wait for the end of a lease.
  private static let short: LeaseTimes = {
    var times = LeaseTimes()
    (times.length, times.renewal, times.margin) = (.seconds(2), .milliseconds(200), .milliseconds(800))
    return times
  }()

  @Test func `a gateway stops before others may take over if the database does not answer`() async throws {
    let server = try await PostgresServer()
    let database = try await server.newDatabase()
    let store = try await joined(database, lease: Self.short)
    try await Task.sleep(for: .seconds(3))
    #expect(store.condition == .sound)
    server.suspend()
    let began = ContinuousClock.now
    #expect(await store.run(checkingEvery: .seconds(1))?.code == .leaseOver)
    #expect(ContinuousClock.now - began < Self.short.length)
    #expect(await storeError { _ = try await store.claim("p1", at: noon) }?.code == .leaseOver)
    server.resume()
    await store.close()
  }

  // MARK: Failures of the database

  @Test func `changes are made once each while connections are cut again and again`() async throws {
    let (server, database) = (try await PostgresServer.shared, try await PostgresServer.shared.newDatabase())
    let store = try await joined(database)
    let cutting = Task {
      while !Task.isCancelled {
        try await server.terminateConnections(to: database)
        try await Task.sleep(for: .milliseconds(30))
      }
    }
    let session = SessionKey.channel("c")
    for number in 1...40 {
      let claim = Claim(text: "p\(number)")
      #expect(try await store.claim(claim, at: noon))
      #expect(try await !store.claim(claim, at: noon))
      _ = try await store.enqueue(claim, session: session, payload: "x", at: noon)
    }
    let generation = try await store.renew(session, at: noon)
    cutting.cancel()
    _ = await cutting.result
    #expect(generation == 2)
    #expect(try await store.facts(of: session)?.generation == 2)
    #expect(try await store.pending().map(\.claim.text) == (1...40).map { "p\($0)" })
    await store.close()
  }

  @Test func `changes of many callers are made once each while connections are cut again and again`() async throws {
    let (server, database) = (try await PostgresServer.shared, try await PostgresServer.shared.newDatabase())
    let store = try await joined(database)
    let cutting = Task {
      while !Task.isCancelled {
        try await server.terminateConnections(to: database)
        try await Task.sleep(for: .milliseconds(30))
      }
    }
    let claimed = try await withThrowingTaskGroup(of: Bool.self) { group in
      for caller in 0..<200 {
        group.addTask {
          // Two callers each want the same one.
          let claim = Claim(text: "p\(caller / 2)")
          guard try await store.claim(claim, at: noon) else { return false }
          _ = try await store.enqueue(claim, session: .channel("c"), payload: "x", at: noon)
          return true
        }
      }
      return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    cutting.cancel()
    _ = await cutting.result
    #expect(claimed == 100)
    #expect(try await store.pending().count == 100)
    await store.close()
  }

  @Test func `a change that the database refuses does not keep others from being made`() async throws {
    let store = try await joined(try await PostgresServer.shared.newDatabase())
    // An index takes no entry of this size.
    let refused = Claim(
      post: PostID(String((0..<20_000).map { _ in Character(UnicodeScalar(UInt8.random(in: 97...122))) })))
    let claims = (0..<50).map { Claim(text: "p\($0)") } + [refused] + (50..<100).map { Claim(text: "p\($0)") }
    let results = await withTaskGroup(of: (Claim, Bool?).self) { group in
      for claim in claims { group.addTask { (claim, try? await store.claim(claim, at: noon)) } }
      return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
    #expect(results.count == 100 && results[refused] == nil && results.values.allSatisfy(\.self))
    await store.close()
  }

  @Test func `a restart of the database is waited for`() async throws {
    let server = try await PostgresServer()
    let database = try await server.newDatabase()
    let store = try await joined(database)
    #expect(try await store.claim("p1", at: noon))
    try await server.kill()
    async let claimed = store.claim("p2", at: noon)
    try await Task.sleep(for: .milliseconds(500))
    try await server.start()
    #expect(try await claimed)
    #expect(try await store.isClaimed("p1"))
    await store.close()
  }

  @Test func `more messages than are read at once are all there, in their order`() async throws {
    let store = try await joined(try await PostgresServer.shared.newDatabase())
    let claims = (1...(Limits.databaseTextsMax * 2 + 7)).map { Claim(text: "p\($0)") }
    for claim in claims {
      _ = try await store.enqueue(claim, session: .channel("c"), payload: "x", at: noon)
      try await store.add(Reply(id: ReplyID(text: "\(claim)-late"), text: "t"), payload: "y")
    }
    #expect(try await store.pending().map(\.claim) == claims)
    #expect(try await store.pendingReplies().map(\.reply.id.text) == claims.map { "\($0)-late" })
    await store.close()
  }

  @Test func `a character that PostgreSQL does not store is replaced, and nothing fails`() async throws {
    let store = try await joined(try await PostgresServer.shared.newDatabase())
    _ = try await store.enqueue("p1", session: .channel("c"), payload: "a\u{0}b", at: noon)
    #expect(try await store.pending().map(\.payload) == ["a\u{FFFD}b"])
    await store.close()
  }

  @Test func `a thread is looked up and recorded once`() async throws {
    let (server, database) = (try await PostgresServer.shared, try await PostgresServer.shared.newDatabase())
    let store = try await joined(database)
    #expect(try await !store.hasJoined(thread: "other"))
    try await store.joinThread("root", at: noon)
    try await server.execute("ALTER TABLE threads RENAME TO hidden", in: database.name)
    #expect(try await !store.hasJoined(thread: "other"))
    #expect(try await store.hasJoined(thread: "root"))
    try await store.joinThread("root", at: noon)
    #expect(await storeError { try await store.joinThread("other", at: noon) } != nil)
    try await server.execute("ALTER TABLE hidden RENAME TO threads", in: database.name)
    try await store.joinThread("other", at: noon)
    #expect(try await store.hasJoined(thread: "other"))
    let count = try await server.execute("SELECT count(*) FROM threads", in: database.name)
    #expect(count == "2")
    await store.close()
  }

  @Test func `of many threads, the last ones are known without the database`() {
    var threads = JoinedThreadCache()
    let roots = (0..<Limits.knownThreadsMax * 2).map { PostID("root\($0)") }
    for root in roots { _ = threads.record(root, isJoined: false) }
    let (first, last) = (threads.isJoined(roots[0]), threads.isJoined(roots[roots.count - 1]))
    #expect(first == nil && last == false)
    let count = roots.reduce(0) { $0 + (threads.isJoined($1) == nil ? 0 : 1) }
    #expect(count <= Limits.knownThreadsMax)
  }

  // MARK: What is no store

  @Test func `a database of another bot is refused`() async throws {
    let database = try await PostgresServer.shared.newDatabase()
    await (try await open(database)).close()
    #expect(await storeError { _ = try await open(database, bot: "other") }?.code == .otherBot)
    await (try await open(database)).close()
  }

  @Test func `a store of a newer edgecrab is used if that allows it`() async throws {
    let (server, database) = (try await PostgresServer.shared, try await PostgresServer.shared.newDatabase())
    await (try await open(database)).close()
    try await server.execute("UPDATE store SET version = 99", in: database.name)
    await (try await open(database)).close()
    try await server.execute("UPDATE store SET oldest = 99", in: database.name)
    #expect(await storeError { _ = try await open(database) }?.code == .newer)
  }

  @Test func `many gateways that start with an empty database make its tables once`() async throws {
    let database = try await PostgresServer.shared.newDatabase()
    try await withThrowingTaskGroup { group in
      for number in 0..<8 { group.addTask { await (try await open(database, name: "g:\(number)")).close() } }
      try await group.waitForAll()
    }
  }

  @Test func `a database in another encoding, and a user without rights, are refused with a remedy`() async throws {
    let server = try await PostgresServer.shared
    try await server.execute("CREATE DATABASE ascii ENCODING 'SQL_ASCII' TEMPLATE template0")
    let ascii = await storeError { _ = try await open(server.database("ascii")) }
    #expect(
      ascii?.code == .unsuitable && ascii?.detail.hasSuffix("in SQL_ASCII") == true, "\(String(describing: ascii))")

    let database = try await server.newDatabase()
    try await server.execute("CREATE ROLE guest LOGIN")
    let url = database.url.replacing("//postgres@", with: "//guest@")
    let refused = await storeError {
      _ = try await PostgresStore(
        PostgresAddress(url), bot: "bot", member: MemberDescription(name: "g", program: "test"), logger: .silent)
    }
    #expect(refused?.code == .notAllowed)
    #expect(refused?.description.contains("CREATE and USAGE") == true)

    let missing = await storeError { _ = try await open(server.database("nowhere")) }
    #expect(missing?.code == .noDatabase)
    #expect(missing?.description.contains("createdb") == true)
  }
}
