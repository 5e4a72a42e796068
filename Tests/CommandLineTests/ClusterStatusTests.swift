import Foundation
import PostgreSQL
import Sandbox
import Sessions
import TestSupport
import Testing

/// `edgecrab cluster status`, by the real program on a real PostgreSQL, with rows that gateways would have made.
@Suite(
  .enabled(if: PostgresServer.isAvailable, "scripts/install-packages.sh could not install PostgreSQL"),
  .timeLimit(.minutes(2)))
struct ClusterStatusTests {
  private let home: TemporaryFolder
  private let database: PostgresServer.Database

  init() async throws {
    home = try TemporaryFolder()
    database = try await PostgresServer.shared.newDatabase()
  }

  private func status(_ options: String..., store: String? = nil) async throws -> EdgecrabProcess.Ended {
    try await EdgecrabProcess(
      ["cluster", "status"] + options,
      environment: ["EDGECRAB_HOME": home.url.path, "EDGECRAB_STORE": store ?? database.tcpURL]
    ).ended()
  }

  private func execute(_ statements: String) async throws {
    try await PostgresServer.shared.execute(statements, in: database.name)
  }

  /// Makes the tables, as a gateway does when it starts, with rules that are in force for an hour.
  private func makeStore() async throws {
    let store = try await PostgresStore(
      PostgresAddress(database.url), bot: nil, member: .thisProcess(program: "test"), logger: .silent)
    await store.close()
    try await execute("INSERT INTO rules VALUES ('abcdef0123456789', 7, now() - interval '1 hour')")
  }

  /// Adds a gateway.
  private func add(
    _ id: Int, _ name: String, program: String = "0.1.0", lease: Int = 60, isReady: Bool = true,
    rules: String = "abcdef0123456789"
  ) async throws {
    try await execute(
      """
      INSERT INTO members (id, name, program, attempt, started_at, expires_at, lease, rules, is_ready)
      VALUES (\(id), '\(name)', '\(program)', \(id), now() - interval '3 minutes', now() + interval '\(lease) s',
        interval '\(lease > 0 ? 8 : 0) s', '\(rules)', \(isReady))
      """)
  }
}

// MARK: What it says

extension ClusterStatusTests {
  @Test func `gateways that all answer are listed with what they do`() async throws {
    try await makeStore()
    try await add(1, "chat1:812")
    try await add(2, "chat2.a-very-long-name-of-a-machine.example.com:4711")
    try await execute(
      """
      INSERT INTO leases VALUES ('a', 1), ('b', 1), ('c', 2);
      INSERT INTO claims (post, claimed_at, done, attempt, member)
      VALUES ('p', (extract(epoch FROM now()) * 1000)::bigint - 30000, false, 1, 1), ('q', 1, true, 2, 1);
      INSERT INTO outbox (reply, place, payload, text, files, is_failure, member) VALUES ('r', 1, '', 'secret', '', false, 2);
      """)
    let ended = try await status()
    #expect(ended.status == 0 && ended.errors == "", "\(ended)")
    let lines = ended.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    #expect(lines.allSatisfy { $0.count <= 80 }, "\(ended.output)")
    #expect(lines[0].hasPrefix("postgresql://postgres@127.0.0.1:"))
    let rows = lines[2...4].map { $0.split(separator: " ").map(String.init) }
    #expect(rows[0] == ["gateway", "version", "joined", "lease", "state", "sessions", "posts"])
    #expect(rows[1].prefix(5) == ["chat1:812", "0.1.0", "3", "min", "ago"])
    #expect(rows[1].suffix(3) == ["answers", "2", "1"])
    #expect(rows[2][0].hasPrefix("chat2.a-") && rows[2][0].hasSuffix("com:4711"))
    #expect(rows[2].suffix(3) == ["answers", "1", "0"])
    #expect(lines[6] == "2 gateways answer.")
    #expect(ended.output.contains("1 post is claimed and not answered yet, for 3"))
    #expect(ended.output.contains("1 reply is being posted."))
    #expect(ended.output.contains("The rules abcdef012345 have been in force for 60 min."))
    #expect(!ended.output.contains("secret") && !ended.output.contains(PostgresServer.password))
  }

  @Test func `what keeps a gateway from answering is said, with a remedy`() async throws {
    try await makeStore()
    try await add(1, "fine:1")
    try await add(2, "rules:2", rules: "other")
    try await add(3, "silent:3", isReady: false)
    try await add(4, "gone:4", lease: -60)
    let ended = try await status()
    #expect(ended.status == 1)
    #expect(ended.output.contains("\n1 gateway answers.\n"))
    for problem in [
      "✗ rules:2 has other rules than those in force\n  → Give it the same rules",
      "✗ silent:3 receives no posts from Mattermost\n  → If it has not just started,",
      "✗ gone:4 was killed or cut off: its lease has been over for ",
    ] { #expect(ended.output.contains(problem), "\(ended.output)") }
    for line in ended.output.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
  }

  @Test func `versions may differ for a while, and members that have left are none`() async throws {
    try await makeStore()
    try await add(1, "old:1")
    try await add(2, "new:2", program: "0.2.0")
    try await add(3, "left:3")
    try await execute("UPDATE members SET expires_at = '-infinity' WHERE id = 3")
    let ended = try await status()
    #expect(ended.status == 0)
    #expect(ended.output.contains("! the gateways have several versions: old:1 is 0.1.0 and new:2 is 0.2.0\n"))
    #expect(!ended.output.contains("left:3"))
  }

  @Test func `without a gateway, it says what waits and ends with 1`() async throws {
    try await makeStore()
    try await execute(
      "INSERT INTO claims (post, claimed_at, done, attempt) VALUES ('p', 1, false, 1), ('q', 2, false, 1)")
    let ended = try await status()
    #expect(ended.status == 1)
    #expect(ended.output.contains("\nNo gateway runs.\n2 posts are claimed and not answered yet, the oldest for"))
  }

  @Test func `programs get the same as JSON`() async throws {
    try await makeStore()
    try await add(1, "fine:1")
    try await add(2, "rules:2", isReady: false, rules: "other")
    let ended = try await status("--format", "json")
    #expect(ended.status == 1)
    let document = try #require(
      try JSONSerialization.jsonObject(with: Data(ended.output.utf8)) as? [String: Any])
    #expect(document["answering"] as? Int == 1)
    #expect(document["open_posts"] as? Int == 0)
    #expect(document["oldest_open_post_seconds"] == nil)
    #expect((document["rules"] as? [String: Any])?["fingerprint"] as? String == "abcdef0123456789")
    let members = try #require(document["members"] as? [[String: Any]])
    #expect(members.map { $0["name"] as? String } == ["fine:1", "rules:2"])
    #expect(members.map { $0["state"] as? String } == ["answers", "other-rules"])
    #expect(members.map { $0["receives_posts"] as? Bool } == [true, false])
    let findings = try #require(document["findings"] as? [[String: Any]])
    #expect(findings.map { $0["is_wrong"] as? Bool } == [true])
  }
}

// MARK: Real gateways

extension ClusterStatusTests {
  private func start(_ home: TemporaryFolder, on sandbox: SandboxServer) async throws -> EdgecrabProcess {
    let gateway = try EdgecrabProcess(
      ["gateway", "start"],
      environment: [
        "MATTERMOST_URL": sandbox.url, "MATTERMOST_TOKEN": sandbox.botToken, "EDGECRAB_HOME": home.url.path,
        "EDGECRAB_STORE": database.url,
      ])
    try await gateway.says("Connected.")
    return gateway
  }

  @Test func `two gateways answer, and one of them once the other is killed and taken over`() async throws {
    let other = try TemporaryFolder()
    try await withSandbox { sandbox in
      let (first, second) = (try await start(home, on: sandbox), try await start(other, on: sandbox))
      let both = try await status()
      #expect(both.status == 0 && both.output.contains("\n2 gateways answer.\n"), "\(both)")
      #expect(both.output.contains(":\(first.id) ") && both.output.contains(":\(second.id) "), "\(both)")
      second.kill()
      try await wait(for: "the other gateway to take over") {
        let ended = try await status()
        return ended.status == 0 && ended.output.contains("\n1 gateway answers.\n")
      }
      first.terminate()
      #expect(try await first.ended().status == 0)
      let none = try await status()
      #expect(none.status == 1 && none.output.contains("\nNo gateway runs.\n"), "\(none)")
    }
  }
}

// MARK: What keeps it from saying anything

extension ClusterStatusTests {
  @Test func `a store in a file, or a database that is none, is an error with a remedy`() async throws {
    let file = try await status(store: "")
    #expect(file.status == 1 && file.output == "")
    #expect(file.errors.hasPrefix("edgecrab: EDGECRAB_STORE is not set: the store is a file, which one gateway uses"))
    let wrong = try await status(store: "mysql://crab:secret-word@db/crab")
    #expect(wrong.status == 1 && wrong.errors.contains("is not the address of a PostgreSQL database"))
    #expect(!wrong.errors.contains("secret-word"))
    let empty = try await status()
    #expect(empty.status == 1 && empty.errors.contains("is not a store yet. Start a gateway"), "\(empty.errors)")
    let unreachable = try await status(store: "postgresql://postgres:secret-word@127.0.0.1:1/test")
    #expect(unreachable.status == 1 && unreachable.errors.contains("cannot be reached"), "\(unreachable.errors)")
    #expect(!unreachable.errors.contains("secret-word"))
  }

  @Test func `a store of another version is not read`() async throws {
    try await makeStore()
    try await execute("UPDATE store SET version = 99, oldest = 99")
    #expect(try await status().errors.contains("was written by a newer edgecrab"))
    try await execute("UPDATE store SET version = 1, oldest = 1; DROP TABLE leases, rules")
    let older = try await status()
    #expect(older.status == 1 && older.errors.contains("was made by an older edgecrab"), "\(older.errors)")
  }
}
