import Foundation
import Sandbox
import TestSupport
import Testing

/// The doctor's checks of a store in a database, by the real program on a real PostgreSQL.
@Suite(
  .enabled(if: PostgresServer.isAvailable, "scripts/install-packages.sh could not install PostgreSQL"),
  .timeLimit(.minutes(2)))
struct DoctorStoreTests {
  /// Returns the checks of the database and of the store.
  private func checks(_ store: String, on sandbox: SandboxServer) async throws -> [Examination.Check] {
    try await Examination.checks(on: sandbox.url, token: sandbox.botToken, [], ["EDGECRAB_STORE": store])
      .filter { ["database", "store"].contains($0.id) }
  }

  @Test func `a database without problems is described, before and while a gateway runs with it`() async throws {
    let database = try await PostgresServer.shared.newDatabase()
    try await withSandbox { sandbox in
      let before = try await checks(database.url, on: sandbox)
      #expect(before.allSatisfy { $0.state == "good" }, "\(before)")
      #expect(before.first?.text.contains(", on this machine, as the user postgres") == true, "\(before)")
      #expect(before.contains { $0.text == "synchronous_commit is on: a crash loses nothing" })
      #expect(before.contains { $0.text.hasPrefix("this machine's clock is the same as the database's; ") })
      #expect(before.last?.text == "its tables will be created when the gateway first starts")
      let gateway = try EdgecrabProcess(
        ["gateway", "start"],
        environment: [
          "MATTERMOST_URL": sandbox.url, "MATTERMOST_TOKEN": sandbox.botToken, "EDGECRAB_STORE": database.tcpURL,
        ])
      try await gateway.says("Connected.")
      let holder = "1 gateway answers: \(ProcessInfo.processInfo.hostName):\(gateway.id) ("
      #expect(try await checks(database.url, on: sandbox).last?.text.hasPrefix(holder) == true)
      let others = (1...2).map { number in
        """
        INSERT INTO members (id, name, program, attempt, started_at, expires_at, lease, rules, is_ready)
        SELECT -\(number), 'other:\(number)', '0.0.\(number)', 0, now(), now() + interval '1 minute', '8 s',
          (SELECT fingerprint FROM rules) || \(number == 1 ? "''" : "'-older'"), true;
        """
      }
      try await PostgresServer.shared.execute(others.joined(), in: database.name)
      let several = try await checks(database.url, on: sandbox).filter { $0.id == "store" }
      #expect(several.map(\.state) == ["good", "warning", "warning"], "\(several)")
      #expect(several.first?.text.hasPrefix("2 gateways answer: other:1 (0.0.1) and ") == true, "\(several)")
      #expect(several.dropFirst().first?.text == "other:2 has other rules than those in force")
      #expect(several.last?.text.hasPrefix("the gateways have several versions: other:2 is 0.0.2, ") == true)
      try await PostgresServer.shared.execute("DELETE FROM members WHERE id < 0", in: database.name)
      gateway.terminate()
      #expect(try await gateway.ended().status == 0)
      let after = try await checks(database.url, on: sandbox)
      #expect(after.last?.text == "no gateway runs with it", "\(after)")
      try await PostgresServer.shared.execute("UPDATE store SET bot = 'another'", in: database.name)
      let owned = try await checks(database.url, on: sandbox)
      #expect(owned.last?.state == "wrong", "\(owned)")
      #expect(owned.last?.text == "the database is the store of another bot, with the id another")
    }
  }

  @Test func `what is wrong with a database is said, with a remedy and without the password`() async throws {
    let server = try await PostgresServer.shared
    let database = try await server.newDatabase()
    try await server.execute("CREATE ROLE poor LOGIN; ALTER ROLE poor SET synchronous_commit = off")
    try await server.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC", in: database.name)
    try await server.execute("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0")
    let poor = database.url.replacing("postgres@", with: "poor@")
    let latin = server.database("latin").url
    let readOnly = database.url + "&options=-cdefault_transaction_read_only%3Don"
    let wrong = database.tcpURL.replacing(PostgresServer.password, with: "secret-word")
    let expected = [
      (poor, "wrong", "the user poor may not make or change the store's tables in the schema public"),
      (poor, "warning", "synchronous_commit is off: "), (latin, "wrong", "the encoding of the database is LATIN1"),
      (readOnly, "wrong", "nothing can be written: "), (server.database("nowhere").url, "wrong", "does not exist"),
      (wrong, "wrong", "the database did not accept the user"),
      ("postgresql://postgres@127.0.0.1:1/test", "wrong", "cannot be reached"),
    ]
    try await withSandbox { sandbox in
      for (address, state, text) in expected {
        let found = try await checks(address, on: sandbox)
        #expect(found.contains { $0.state == state && $0.text.contains(text) && !$0.remedy.isEmpty }, "\(found)")
        #expect(!"\(found)".contains("secret-word"))
      }
      let all = try await Examination.checks(
        on: sandbox.url, token: sandbox.botToken, [], ["EDGECRAB_STORE": "mysql://crab:secret-word@db/crab"])
      let check = try #require(all.first { $0.state == "wrong" })
      #expect(check.id == "settings")
      #expect(check.text == "EDGECRAB_STORE is not the address of a PostgreSQL database")
      #expect(!"\(all)".contains("secret-word"))
    }
  }

  @Test func `backups are PostgreSQL's`() async throws {
    let folder = try TemporaryFolder()
    let store = ["EDGECRAB_HOME": folder.url.path, "EDGECRAB_STORE": "postgresql://crab:secret-word@db/crab"]
    let backup = try await EdgecrabProcess(["data", "backup", folder.path("b.tar")], environment: store).ended()
    #expect(backup.status == 1)
    #expect(
      backup.errors
        == "edgecrab: no backup was written, because the conversations are in postgresql://crab@db/crab; back them up "
        + "with `pg_dump`, and copy names.json and journal.sqlite while the gateway is stopped\n")
    let restore = try await EdgecrabProcess(["data", "restore", folder.path("b.tar")], environment: store).ended()
    #expect(restore.status == 1 && restore.errors.hasPrefix("edgecrab: nothing was restored, because"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
  }
}
