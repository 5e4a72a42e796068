import Core
import Foundation
import PostgreSQL
import RuleEngine
import TestSupport
import Testing

@testable import Sessions

/// Several gateways that work with one store in PostgreSQL.
@Suite(.timeLimit(.minutes(2)))
struct SeveralGatewaysTests {
  private let noon = Date(timeIntervalSince1970: 1_700_000_000)
  private let dev = SessionKey.channel("dev")
  private let database: PostgresServer.Database

  init() async throws { database = try await PostgresServer.shared.newDatabase() }

  /// Times in which a test can wait for the end of a lease.
  private static let short: LeaseTimes = {
    var times = LeaseTimes()
    (times.length, times.renewal, times.margin) = (.seconds(2), .milliseconds(200), .milliseconds(800))
    times.look = .milliseconds(100)
    (times.rulesGrace, times.silenceGrace) = (.milliseconds(500), .milliseconds(500))
    return times
  }()

  private func open(
    _ name: String, lease: LeaseTimes = LeaseTimes(), in database: PostgresServer.Database? = nil
  ) async throws -> PostgresStore {
    try await PostgresStore(
      PostgresAddress((database ?? self.database).url), bot: "bot",
      member: MemberDescription(name: name, program: "test"), lease: lease, logger: .silent)
  }

  /// Joins, and takes over what others left.
  private func join(
    _ name: String, rules: String = "rules", lease: LeaseTimes = LeaseTimes(),
    in database: PostgresServer.Database? = nil
  ) async throws -> PostgresStore {
    let store = try await open(name, lease: lease, in: database)
    try await store.join(rules: rules)
    _ = try await store.takeOver()
    return store
  }

  private func close(_ stores: PostgresStore...) async { for store in stores { await store.close() } }

  private func execute(_ sql: String) async throws {
    try await PostgresServer.shared.execute(sql, in: database.name)
  }
}

// MARK: Claims

extension SeveralGatewaysTests {
  @Test func `of many that claim a post at the same time, one does`() async throws {
    let stores = [try await join("one:1"), try await join("two:2"), try await join("three:3")]
    for number in 0..<20 {
      let session = SessionKey.channel(ChannelID("c\(number)"))
      let results = try await withThrowingTaskGroup(of: ClaimResult.self) { group in
        for store in stores {
          group.addTask { try await store.claim(Claim(text: "p\(number)"), of: session, at: noon) }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(results.count { $0 == .new } == 1, "\(results)")
      #expect(results.count { $0 == .elsewhere } == 2, "\(results)")
    }
    for store in stores { await store.close() }
  }

  @Test func `a post in a session that another gateway holds is handed over to it, once`() async throws {
    let (holder, other) = (try await join("one:1"), try await join("two:2"))
    #expect(try await holder.claim("p1", of: dev, at: noon) == .new)
    #expect(try await other.claim("p2", of: dev, at: noon) == .elsewhere)
    #expect(try await other.claim("p2@17", of: dev, at: noon) == .elsewhere)
    await holder.waitForTakeover()
    #expect(try await holder.takeOver().posts == [.claimed("p2"), .claimed("p2@17")])
    #expect(try await holder.takeOver().isEmpty)
    #expect(try await other.takeOver().isEmpty)
    #expect(try await holder.claim("p2", of: dev, at: noon) == .known)
    await close(holder, other)
  }

  @Test func `a gateway that hears a post after it was handed over begins it at once, and once`() async throws {
    let (holder, other) = (try await join("one:1"), try await join("two:2"))
    #expect(try await holder.claim("p1", of: dev, at: noon) == .new)
    #expect(try await other.claim("p2", of: dev, at: noon) == .elsewhere)
    #expect(try await holder.claim("p2", of: dev, at: noon) == .new)
    #expect(try await holder.claim("p2", of: dev, at: noon) == .known)
    #expect(try await holder.takeOver().isEmpty)
    await close(holder, other)
  }

  @Test func `a claimed post that turns out to be for another session goes to the gateway that holds that`()
    async throws
  {
    let (one, two) = (try await join("one:1"), try await join("two:2"))
    #expect(try await two.claim("p1", of: .user("alice"), at: noon) == .new)
    #expect(try await one.claim("p2", of: dev, at: noon) == .new)
    #expect(try await one.claim("p2", of: .user("alice"), at: noon) == .elsewhere)
    #expect(try await two.takeOver().posts == [.claimed("p2")])
    #expect(try await one.claim("p3", of: dev, at: noon) == .new)
    #expect(try await one.claim("p3", of: .user("bob"), at: noon) == .known)
    #expect(one.claimDelay(for: .user("bob")) == .zero)
    await close(one, two)
  }

  @Test func `posts of many are looked up at once`() async throws {
    let (one, two) = (try await join("one:1"), try await join("two:2"))
    for number in 1...3 { _ = try await one.claim(Claim(text: "p\(number)"), of: dev, at: noon) }
    #expect(try await two.claimed(["p1", "p3", "p4"]) == ["p1", "p3"])
    #expect(try await two.claimed([]).isEmpty)
    await close(one, two)
  }

  @Test func `each session has one gateway that claims at once, and they share them`() async throws {
    let stores = [try await join("one:1"), try await join("two:2"), try await join("three:3")]
    for store in stores { store.setReady(true) }
    let sessions = (0..<900).map { SessionKey.channel(ChannelID("c\($0)")) }
    try await wait(for: "all to know of each other") {
      sessions.allSatisfy { session in
        stores.map { $0.claimDelay(for: session) }.sorted() == [.zero, .seconds(1), .milliseconds(1_500)]
      }
    }
    for store in stores {
      #expect((200...400).contains(sessions.count { store.claimDelay(for: $0) == .zero }))
    }
    await close(stores[0], stores[1], stores[2])
  }
}

// MARK: Taking over

extension SeveralGatewaysTests {
  @Test func `what a gateway leaves, another one takes over at once, in its order`() async throws {
    let (first, second) = (try await join("one:1"), try await join("two:2"))
    #expect(try await first.claim("p1", of: dev, at: noon) == .new)
    _ = try await first.enqueue("p1", session: dev, payload: "x", at: noon)
    #expect(try await first.claim("p2", of: dev, at: noon + 1) == .new)
    #expect(try await first.claim("p3", of: .user("u"), at: noon + 2) == .new)
    try await first.add(Reply(id: "p3", text: "said"), payload: "target", finishing: "p3")
    #expect(try await first.claim("p4", of: .user("u"), at: noon + 3) == .new)
    try await first.finish(["p4"])
    let began = ContinuousClock.now
    await first.close()
    await second.waitForTakeover()
    let takeover = try await second.takeOver()
    #expect(ContinuousClock.now - began < .milliseconds(500))
    #expect(takeover.replies.map(\.reply.id.text) == ["p3"])
    #expect(
      takeover.posts.map { post in
        switch post {
        case .waiting(let message): "waiting \(message.claim) \(message.session)"
        case .claimed(let claim): "claimed \(claim)"
        }
      } == ["waiting p1 channel:dev", "claimed p2"])
    #expect(second.claimDelay(for: dev) == .zero)
    #expect(try await second.takeOver().isEmpty)
    // It holds what it took over: others hand over to it.
    let third = try await join("three:3")
    #expect(try await third.claim("p5", of: dev, at: noon) == .elsewhere)
    await close(second, third)
  }

  @Test func `a gateway that was killed is taken over when its lease is over, and can change nothing then`()
    async throws
  {
    let second = try await join("two:2", lease: Self.short)
    // It joins, and renews nothing, as one that is paused.
    var times = Self.short
    (times.renewal, times.look, times.margin) = (.seconds(60), .seconds(60), .seconds(-60))
    let first = try await join("one:1", lease: times)
    #expect(try await first.claim("p1", of: dev, at: noon) == .new)
    #expect(try await second.claim("p2", of: dev, at: noon) == .elsewhere)
    await second.waitForTakeover()
    #expect(try await second.takeOver().posts == [.claimed("p1"), .claimed("p2")])
    for attempt in [
      { _ = try await first.claim("p3", of: self.dev, at: self.noon) },
      { try await first.finish(["p1"]) },
      { try await first.add(Reply(id: "p1", text: "late"), payload: "x", finishing: "p1") },
    ] as [() async throws -> Void] {
      #expect(await storeError(attempt)?.code == .takenOver)
    }
    #expect(try await second.claim("p3", of: dev, at: noon) == .new)
    await close(first, second)
  }

  @Test func `after a restart of the database, no one takes over until the others had the time to come back`()
    async throws
  {
    let server = try await PostgresServer()
    let database = try await server.newDatabase()
    var times = Self.short
    times.length = .seconds(4)
    do { _ = try await join("dead:1", lease: times, in: database).claim("p1", of: dev, at: noon) }
    try await server.execute("UPDATE members SET expires_at = now() - interval '1 hour'", in: database.name)
    try await server.restart()
    let began = ContinuousClock.now
    let next = try await join("next:2", lease: times, in: database)
    #expect(try await next.claim("p2", of: dev, at: noon) == .elsewhere)
    await next.waitForTakeover()
    #expect(try await next.takeOver().posts == [.claimed("p1"), .claimed("p2")])
    #expect(ContinuousClock.now - began > .seconds(2))
    await next.close()
  }

  @Test func `of several that look for what is left, one takes over`() async throws {
    let first = try await join("one:1")
    for number in 0..<50 { _ = try await first.claim(Claim(text: "p\(number)"), of: dev, at: noon) }
    let others = [try await join("two:2"), try await join("three:3"), try await join("four:4")]
    await first.close()
    // All of them have heard of it.
    try await Task.sleep(for: .milliseconds(500))
    let taken = try await withThrowingTaskGroup(of: Int.self) { group in
      for other in others {
        group.addTask { try await other.takeOver().posts.count }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(taken.sorted() == [0, 0, 50])
    for other in others { await other.close() }
  }

  @Test(arguments: ["leases.session", "outbox.payload", "waiting.payload", "claims.place"])
  func `what a gateway could not take over to its end, it takes over later`(column: String) async throws {
    let first = try await join("one:1")
    #expect(try await first.claim("p1", of: dev, at: noon) == .new)
    _ = try await first.enqueue("p1", session: dev, payload: "x", at: noon)
    #expect(try await first.claim("p2", of: dev, at: noon) == .new)
    try await first.add(Reply(id: "p0-late", text: "said"), payload: "target", finishing: nil)
    await first.close()
    let second = try await open("two:2")
    try await second.join(rules: "rules")
    let (table, name) = (column.prefix { $0 != "." }, column.drop { $0 != "." }.dropFirst())
    try await execute("ALTER TABLE \(table) RENAME COLUMN \(name) TO hidden")
    #expect(await storeError { _ = try await second.takeOver() } != nil)
    try await execute("ALTER TABLE \(table) RENAME COLUMN hidden TO \(name)")
    let takeover = try await second.takeOver()
    #expect(takeover.posts.count == 2 && takeover.replies.count == 1)
    await second.close()
  }
}

// MARK: Sessions

extension SeveralGatewaysTests {
  @Test func `what is taken over again and again keeps its order`() async throws {
    var last = try await join("one:1")
    let posts = (1...6).map { Claim(text: "p\($0)") }
    for post in posts { #expect(try await last.claim(post, of: dev, at: noon) == .new) }
    // Each gateway comes as far as to store some of the messages, by a clock of its own.
    for (number, count) in [2, 3, 4].enumerated() {
      for post in posts.prefix(count).reversed() {
        _ = try await last.enqueue(post, session: dev, payload: "x", at: noon + 60 - Double(number))
      }
      let next = try await open("next:\(number)")
      await last.close()
      try await next.join(rules: "rules")
      let order = try await next.takeOver().posts.map { post in
        switch post {
        case .waiting(let message): message.claim
        case .claimed(let claim): claim
        }
      }
      #expect(order == posts)
      last = next
    }
    await last.close()
  }

  @Test func `the messages of an earlier schema, or of a file, keep their session with one gateway`() async throws {
    await (try await join("none:0")).close()
    try await execute(
      """
      INSERT INTO claims (post, claimed_at, done, attempt) VALUES ('p1', 1, false, 0);
      INSERT INTO waiting (post, place, session, payload, root, at) VALUES ('p1', 1, 'channel:dev', 'x', '', 1)
      """)
    let one = try await open("one:1")
    try await one.join(rules: "rules")
    #expect(try await one.takeOver().posts.count == 1)
    let two = try await join("two:2")
    #expect(try await two.claim("p2", of: dev, at: noon) == .elsewhere)
    #expect(try await one.claim("p3", of: dev, at: noon) == .new)
    await close(one, two)
  }

  @Test func `a waiting message that turns out to be for another session is decided by the gateway that holds that`()
    async throws
  {
    let (one, two) = (try await join("one:1"), try await join("two:2"))
    #expect(try await two.claim("p1", of: .user("alice"), at: noon) == .new)
    #expect(try await one.claim("p2", of: dev, at: noon) == .new)
    _ = try await one.enqueue("p2", session: dev, payload: "x", at: noon)
    #expect(try await one.claim("p2", of: .user("alice"), at: noon) == .elsewhere)
    // What one has recorded as taken meanwhile is not two's.
    _ = try await one.takeOver()
    #expect(try await two.takeOver().posts == [.claimed("p2")])
    #expect(try await two.pending().isEmpty)
    await close(one, two)
  }

  @Test func `a session in which nothing is open any more is given back`() async throws {
    let (one, two) = (try await join("one:1"), try await join("two:2"))
    #expect(try await one.claim("p1", of: dev, at: noon) == .new)
    #expect(try await one.claim("p2", of: .user("u"), at: noon) == .new)
    try await one.finish(["p2"])
    await one.release(idleSince: .now)
    #expect(try await two.claim("p3", of: dev, at: noon) == .elsewhere)
    #expect(try await two.claim("p4", of: .user("u"), at: noon) == .new)
    // The handed over post is open, too.
    #expect(try await one.takeOver().posts == [.claimed("p3")])
    try await one.finish(["p1"])
    await one.release(idleSince: .now)
    #expect(try await two.claim("p5", of: dev, at: noon) == .elsewhere)
    #expect(try await one.takeOver().posts == [.claimed("p5")])
    try await one.finish(["p3", "p5"])
    await one.release(idleSince: .now)
    #expect(try await two.claim("p6", of: dev, at: noon) == .new)
    await close(one, two)
  }

  @Test func `an agent's own conversation starts over when another gateway answers, and not after a restart`()
    async throws
  {
    let one = try await join("one:1")
    let start = try await one.begin(dev, at: noon)
    let key = AgentNoteKey(session: dev, generation: start.generation, cuts: start.cuts, agent: "acp")
    try await one.setNote("its session", key)
    await one.close()
    // The next one, as after a restart.
    let two = try await join("two:2")
    let again = try await two.begin(dev, at: noon)
    #expect(again.cuts == start.cuts)
    #expect(try await two.note(key) == "its session")
    // Another one, while it runs.
    let three = try await join("three:3")
    let moved = try await three.begin(dev, at: noon)
    #expect(moved.cuts == start.cuts + 1)
    #expect(try await three.note(key) == nil)
    #expect(try await three.begin(dev, at: noon).cuts == moved.cuts)
    await close(two, three)
  }

  @Test func `edits and deletions are left to the gateway that holds the session`() async throws {
    let (one, two) = (try await join("one:1"), try await join("two:2"))
    #expect(try await one.claim("p1", of: dev, at: noon) == .new)
    _ = try await one.enqueue("p1", session: dev, payload: "x", at: noon)
    #expect(try await one.pending(of: "p1").map(\.isElsewhere) == [false])
    #expect(try await two.pending(of: "p1").map(\.isElsewhere) == [true])
    #expect(try await one.sessions(of: .message("p1")) == [dev])
    #expect(try await two.sessions(of: .message("p1")).isEmpty)
    await one.close()
    await two.waitForTakeover()
    _ = try await two.takeOver()
    #expect(try await two.sessions(of: .message("p1")) == [dev])
    await two.close()
  }

  @Test func `a thread that another gateway joined is known as soon as its post is heard`() async throws {
    let (one, two) = (try await join("one:1"), try await join("two:2"))
    #expect(try await !two.hasJoined(thread: "root"))
    try await one.joinThread("root", at: noon)
    await two.recordJoined(thread: "root", at: noon)
    #expect(try await two.hasJoined(thread: "root"))
    // After a gap, what was not joined is asked again.
    #expect(try await !two.hasJoined(thread: "other"))
    try await one.joinThread("other", at: noon)
    #expect(try await !two.hasJoined(thread: "other"))
    await two.forgetUnjoinedThreads()
    #expect(try await two.hasJoined(thread: "other"))
    await close(one, two)
  }

  @Test func `cursors only move forward`() async throws {
    let (one, two) = (try await join("one:1"), try await join("two:2"))
    try await one.update(["c": ChannelCursor(post: "p9", createAt: 9)])
    try await two.update(["c": ChannelCursor(post: "p5", createAt: 5), "d": ChannelCursor(post: "p1", createAt: 1)])
    #expect(
      try await one.cursors() == [
        "c": ChannelCursor(post: "p9", createAt: 9), "d": ChannelCursor(post: "p1", createAt: 1),
      ])
    await close(one, two)
  }

  @Test func `all gateways of a store have one instance, and those of another store another one`() async throws {
    let (one, two) = (try await join("one:1"), try await join("two:2"))
    let other = try await join("one:1", in: PostgresServer.shared.newDatabase())
    #expect(one.instance?.isEmpty == false && one.instance == two.instance)
    #expect(other.instance != one.instance)
    await close(one, two, other)
  }
}

// MARK: Rules, and what keeps a gateway from working

extension SeveralGatewaysTests {
  @Test func `the newest rules are in force, and a start with older ones waits`() async throws {
    let one = try await join("one:1", rules: "old")
    let two = try await join("two:2", rules: "new")
    // Before that, no post would be answered.
    #expect(try await one.claim("p", of: .user("b"), at: noon) == .new)
    two.setReady(true)
    try await wait(for: "the first one to learn it") {
      await storeError { _ = try await one.claim("p0", of: .user("a"), at: noon) }?.code == .rulesDiffer
    }
    #expect(try await two.claim("p1", of: dev, at: noon) == .new)
    let three = try await open("three:3")
    let refusal = await storeError { try await three.join(rules: "old") }
    #expect(refusal?.code == .rulesDiffer && refusal?.leavesPostUnread == true)
    try await three.join(rules: "new")
    // A reload puts rules in force, also older ones.
    one.setReady(true)
    try await one.use(rules: "old")
    #expect(try await one.claim("p2", of: .user("u"), at: noon) == .new)
    try await wait(for: "the others to learn it") {
      await storeError { _ = try await two.claim("p1", of: dev, at: noon) }?.code == .rulesDiffer
    }
    try await two.use(rules: "old")
    #expect(try await two.claim("p3", of: dev, at: noon) == .new)
    await close(one, two, three)
    // With no other gateway, any rules are.
    await close(try await join("four:4", rules: "new"))
  }

  @Test func `rules that were put in force stay in force, whatever is renewed at that moment`() async throws {
    let (one, two) = (try await join("one:1", lease: Self.short), try await join("two:2", lease: Self.short))
    for number in 0..<40 {
      let rules = "rules \(number)"
      try await one.use(rules: rules)
      try await Task.sleep(for: .milliseconds(150))
      let inForce = try await PostgresServer.shared.execute("SELECT rules_in_force()", in: database.name)
      #expect(inForce == rules)
    }
    await close(one, two)
  }

  @Test func `a gateway with other rules gives everything back after a while`() async throws {
    let one = try await join("one:1", rules: "old", lease: Self.short)
    #expect(try await one.claim("p1", of: dev, at: noon) == .new)
    let two = try await join("two:2", rules: "new", lease: Self.short)
    two.setReady(true)
    #expect(await one.run(checkingEvery: .seconds(1))?.code == .rulesDiffer)
    #expect(!one.isHeld)
    await one.close()
    await two.waitForTakeover()
    #expect(try await two.takeOver().posts == [.claimed("p1")])
    await two.close()
  }

  @Test func `if no one with the rules in force is left, those of another gateway are`() async throws {
    let one = try await join("one:1", rules: "old", lease: Self.short)
    one.setReady(true)
    let two = try await join("two:2", rules: "new", lease: Self.short)
    await two.close()
    try await wait(for: "the first one to work again") {
      guard (try? await one.takeOver()) != nil else { return false }
      return (try? await one.claim("p1", of: dev, at: noon)) != nil
    }
    await one.close()
  }

  @Test func `a gateway that receives no posts gives everything back if another one does`() async throws {
    let (one, two) = (try await join("one:1", lease: Self.short), try await join("two:2", lease: Self.short))
    try await Task.sleep(for: .seconds(1))
    #expect(one.isHeld && two.isHeld)
    two.setReady(true)
    #expect(await one.run(checkingEvery: .seconds(1))?.code == .notConnected)
    #expect(two.isHeld)
    await close(one, two)
  }

  @Test func `a move is refused while a gateway runs`() async throws {
    let one = try await join("one:1")
    let move = try await open("move")
    #expect(await storeError { try await move.joinAlone() }?.code == .hasGateways)
    await one.close()
    try await move.joinAlone()
    await move.close()
  }
}
