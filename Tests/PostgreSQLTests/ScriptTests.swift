import TestSupport
import Testing

@testable import PostgreSQL

@Suite(.enabled(if: PostgresServer.isAvailable, "needs PostgreSQL")) struct ScriptTests {
  @Test func `a script runs all its statements`() async throws {
    let connection = try await PostgresConnection.toNewDatabase()
    try await connection.runScript(
      """
      -- Several statements; what they return is ignored.
      CREATE TABLE a (id int8);
      INSERT INTO a VALUES (1), (2);
      SELECT * FROM a;
      CREATE FUNCTION twice(x int8) RETURNS int8 LANGUAGE sql AS $$ SELECT x * 2; $$;
      """)
    #expect(try await connection.run("SELECT twice(sum(id)::int8) FROM a").first?.int(0) == 6)
    try await connection.runScript("")
  }

  @Test func `nothing of a script happens if a statement fails`() async throws {
    let connection = try await PostgresConnection.toNewDatabase()
    let error = await error {
      try await connection.runScript("CREATE TABLE a (id int8); SELECT 1 / 0; CREATE TABLE b (id int8)")
    }
    #expect(error?.sqlState == "22012")
    #expect(try await connection.run("SELECT to_regclass('a') IS NULL").first?.bool(0) == true)
  }

  @Test func `a script may have transactions of its own`() async throws {
    let connection = try await PostgresConnection.toNewDatabase()
    let error = await error {
      try await connection.runScript("BEGIN; CREATE TABLE a (id int8); COMMIT; CREATE TABLE b (id int8); SELECT 1 / 0")
    }
    #expect(error?.sqlState == "22012")
    let row = try await connection.run("SELECT to_regclass('a') IS NULL, to_regclass('b') IS NULL").first
    #expect(try row?.bool(0) == false)
    #expect(try row?.bool(1) == true)
  }

  @Test func `a script that fails in its own transaction ends the connection`() async throws {
    let connection = try await PostgresConnection.toNewDatabase()
    let error = await error { try await connection.runScript("BEGIN; SELECT 1 / 0; COMMIT") }
    #expect(error?.sqlState == "22012")
    #expect(await !connection.isOpen)
  }

  @Test func `batches wait for a script, and it for them`() async throws {
    let connection = try await PostgresConnection.toNewDatabase()
    try await connection.runScript("CREATE TABLE step (id int8 GENERATED ALWAYS AS IDENTITY, name text)")
    await withTaskGroup { group in
      for number in 0..<60 as Range<Int64> {
        group.addTask {
          let error = await error {
            if number % 10 == 5 {
              try await connection.runScript(
                "INSERT INTO step (name) VALUES ('s1'); INSERT INTO step (name) VALUES ('s2')")
            } else {
              _ = try await connection.run("INSERT INTO step (name) VALUES ($1)", .text("batch"))
            }
          }
          #expect(error == nil)
        }
      }
    }
    let names = try await connection.run("SELECT name FROM step ORDER BY id").map { try $0.text(0) }
    #expect(names.count == 66)
    for index in names.indices where names[index] == "s1" { #expect(names[index + 1] == "s2") }
  }
}
