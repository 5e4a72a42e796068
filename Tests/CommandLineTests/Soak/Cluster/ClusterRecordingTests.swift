import Foundation
import TestSupport
import Testing

/// What histories are made of, and faults that have to be real.
@Suite struct ClusterRecordingTests {
  @Test func `a relay reports each match in what is sent, once, also while the way is cut`() async throws {
    let texts = ["answer 7 begins", "; answer 1", "2 begins", "; answer 13 begins"]
    let length = texts.joined().utf8.count
    let received = AsyncQueue<String>()
    let server = try TestServer { peer in received(String(decoding: peer.readExactly(length), as: UTF8.self)) }
    let seen = AsyncQueue<String>()
    let relay = try TCPRelay(to: server.port, watch: .init(ClusterText.answerPattern) { text, _ in seen(text) })
    let connections = try RawConnections(1, to: "http://127.0.0.1:\(relay.port)")
    connections[0].send(texts[0])
    #expect(try await seen.next("the first match") == "7")
    try relay.cut([.out])
    for text in texts.dropFirst() { connections[0].send(text) }
    #expect(try await seen.next("the match across two writes") == "12")
    #expect(try await seen.next("the last match") == "13")
    try relay.cut([])
    #expect(try await received.next("all bytes") == texts.joined())
  }

  @Test(.enabled(if: PostgresServer.isAvailable, "scripts/install-packages.sh could not install PostgreSQL"))
  func `the database records members, their ends and claims`() async throws {
    let database = try await ClusterDatabase(on: PostgresServer.shared)
    func execute(_ sql: String) async throws { try await database.server.execute(sql, in: database.database.name) }
    try await execute(
      """
      CREATE TABLE members (id bigint, name text, started_at timestamptz NOT NULL DEFAULT now());
      CREATE TABLE claims (post text, done boolean DEFAULT false, member bigint);
      INSERT INTO members VALUES (1, 'host:11');
      """)
    try await database.recordChanges()
    try await execute("INSERT INTO members VALUES (2, 'host:12')")
    try await execute("INSERT INTO claims (post, member) VALUES ('one', 1), ('two', 2)")
    try await execute("UPDATE claims SET done = true")
    try await execute("BEGIN; DELETE FROM members WHERE id = 2; ROLLBACK")
    try await execute("DELETE FROM members WHERE id = 1; UPDATE claims SET member = 2")
    let changes = try await database.changes()
    #expect(
      changes.map(\.change) == [
        .joined(member: 1, name: "host:11"), .joined(member: 2, name: "host:12"),
        .claimed(claim: "one", member: 1), .claimed(claim: "two", member: 2),
        .ended(member: 1), .claimed(claim: "one", member: 2),
      ])
    #expect(changes.map(\.at) == changes.map(\.at).sorted())
  }

  @Test(.enabled(if: PostgresServer.isAvailable, "scripts/install-packages.sh could not install PostgreSQL"))
  func `with a slow disk, each commit waits`() async throws {
    let database = try await ClusterDatabase(on: ClusterDatabase.startServer())
    func timeOfTenCommits() async throws -> Duration {
      let began = ContinuousClock.now
      try await database.server.execute(
        """
        DO $$ BEGIN FOR number IN 1..10 LOOP INSERT INTO numbers VALUES (number); COMMIT; END LOOP; END $$
        """, in: database.database.name)
      return ContinuousClock.now - began
    }
    try await database.server.execute("CREATE TABLE numbers (number int)", in: database.database.name)
    try await database.slowDown(true)
    #expect(try await timeOfTenCommits() >= .seconds(1))
    try await database.slowDown(false)
    try await wait(for: "the end of the waits") { try await timeOfTenCommits() < .seconds(1) }
  }
}
