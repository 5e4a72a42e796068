import TestSupport
import Testing

@testable import PostgreSQL

@Suite(.enabled(if: PostgresServer.isAvailable, "needs PostgreSQL")) struct StatementTests {
  @Test func `values come back as they were sent`() async throws {
    let connection = try await PostgresConnection.toNewDatabase()
    let rows = try await connection.run(
      "SELECT $1, $2, $3, $4, $5, $6", .bool(true), .int(.min), .text("a €\n'\\\"; 🦀"), .bytes([0, 1, 255]), .text(""),
      .bytes([]))
    let row = try #require(rows.first)
    #expect(try row.bool(0))
    #expect(try row.int(1) == .min)
    #expect(try row.text(2) == "a €\n'\\\"; 🦀")
    #expect(try row.bytes(3) == [0, 1, 255])
    #expect(try row.text(4) == "")
    #expect(try row.bytes(5) == [])
    #expect(rows.count == 1)
  }

  @Test func `a null is a value that is not there`() async throws {
    let connection = try await PostgresConnection.toNewDatabase()
    let row = try #require(
      try await connection.run(
        "SELECT $1::bool, $2::int8, $3::text, $4::bytea", PostgresValue(Bool?.none), PostgresValue(Int64?.none),
        PostgresValue(String?.none), PostgresValue([UInt8]?.none)
      ).first)
    #expect(try row.optionalBool(0) == nil)
    #expect(try row.optionalInt(1) == nil)
    #expect(try row.optionalText(2) == nil)
    #expect(try row.optionalBytes(3) == nil)
  }

  @Test func `integers and texts of all lengths are decoded`() async throws {
    let connection = try await PostgresConnection.toNewDatabase()
    let row = try #require(
      try await connection.run(
        "SELECT (-2)::int2, (-3)::int4, (-4)::int8, 'a'::varchar, 'b'::name, NULL, current_database()"
      ).first)
    #expect(try (0..<3).map { try row.int($0) } == [-2, -3, -4])
    #expect(try row.text(3) == "a")
    #expect(try row.text(4) == "b")
    #expect(try row.optionalText(5) == nil)
    #expect(try row.text(6).hasPrefix("test"))
  }

  @Test(arguments: [0, 1, 1_000]) func `arrays are parameters`(_ count: Int) async throws {
    let connection = try await PostgresConnection.toNewDatabase()
    let numbers = (0..<Int64(count)).map { $0 - 5 }
    let rows = try await connection.run(
      "SELECT * FROM unnest($1, $2, $3)", .ints(numbers), .texts(numbers.map { "n\($0)" }),
      .bools(numbers.map { $0 > 0 }))
    #expect(try rows.map { try $0.int(0) } == numbers)
    #expect(try rows.map { try $0.text(1) } == numbers.map { "n\($0)" })
    #expect(try rows.map { try $0.bool(2) } == numbers.map { $0 > 0 })
  }

  @Test func `a column that is not as expected is an error, and the connection goes on`() async throws {
    let connection = try await PostgresConnection.toNewDatabase()
    let row = try #require(try await connection.run("SELECT 1::int8, NULL::int8, 1.5::numeric").first)
    let details = await [
      error { _ = try row.text(0) }, error { _ = try row.int(1) },
      error { _ = try row.text(2) }, error { _ = try row.int(3) },
    ]
    #expect(details.allSatisfy { $0?.code == .unexpectedResult })
    #expect(
      details.map { $0?.detail } == [
        "column 0 is not a text", "column 1 is null", "column 2 has a type that is not decoded",
        "column 3 does not exist",
      ])
    #expect(await connection.isOpen)
  }

  @Test func `a statement with other null parameters is executed, too`() async throws {
    let connection = try await PostgresConnection.toNewDatabase()
    let statement: Statement = "SELECT coalesce($1, 'none'), coalesce($2, 0::int8)"
    for (text, number) in [(nil, nil), (nil, 1), ("a", nil), ("b", 2), (nil, nil)] as [(String?, Int64?)] {
      let row = try #require(try await connection.run(statement, PostgresValue(text), PostgresValue(number)).first)
      #expect(try row.text(0) == text ?? "none")
      #expect(try row.int(1) == number ?? 0)
    }
  }

  @Test func `a statement is prepared once`() async throws {
    let connection = try await PostgresConnection.toNewDatabase()
    for number in 0..<10 as Range<Int64> {
      _ = try await connection.run("SELECT $1", .int(number))
      _ = try await connection.run("SELECT $1", .null)
    }
    let count = try await connection.run("SELECT count(*) FROM pg_prepared_statements WHERE statement = 'SELECT $1'")
    #expect(try count.first?.int(0) == 1)
  }

  @Test func `a text of 10 MB is sent and received`() async throws {
    let connection = try await PostgresConnection.toNewDatabase()
    let text = String(repeating: "0123456789", count: 1_000_000)
    let row = try #require(try await connection.run("SELECT $1, length($1)", .text(text)).first)
    #expect(try row.text(0) == text)
    #expect(try row.int(1) == 10_000_000)
  }

  @Test func `U+0000 in a text is an error before anything is sent`() async throws {
    let connection = try await PostgresConnection.toNewDatabase()
    try await connection.runScript("CREATE TABLE word (word text)")
    for value in [PostgresValue.text("a\0b"), .texts(["a", "\0"])] {
      var batch = PostgresBatch()
      batch.add("INSERT INTO word VALUES ('kept back')")
      batch.add("SELECT $1", value)
      #expect(await error { _ = try await connection.run(batch) }?.code == .nulCharacter)
    }
    #expect(try await connection.run("SELECT * FROM word").isEmpty)
    #expect(try await connection.run("SELECT $1", .bytes([0])).first?.bytes(0) == [0])
  }

  @Test func `a wrong number of values is refused`() async throws {
    let connection = try await PostgresConnection.toNewDatabase()
    let error = await error { _ = try await connection.run("SELECT $1::int8, $2::int8", .int(1)) }
    #expect(error?.code == .refused)
    #expect(error?.sqlState == "08P01")
    #expect(try await connection.run("SELECT 1").count == 1)
  }

  @Test func `a statement without rows has none`() async throws {
    let connection = try await PostgresConnection.toNewDatabase()
    #expect(try await connection.run("").isEmpty)
    #expect(try await connection.run("SET TIME ZONE 'UTC'").isEmpty)
    #expect(try await connection.run("SELECT 1 WHERE false").isEmpty)
    #expect(try await connection.run(PostgresBatch()).isEmpty)
  }

  @Test func `the message of a refusal contains no values`() async throws {
    let connection = try await PostgresConnection.toNewDatabase()
    try await connection.runScript("CREATE TABLE word (word text PRIMARY KEY CHECK (word <> 'bad secret'))")
    _ = try await connection.run("INSERT INTO word VALUES ($1)", .text("my secret"))
    let statements: [(Statement, PostgresValue, String, String)] = [
      ("INSERT INTO word VALUES ($1)", .text("my secret"), "23505", "constraint word_pkey, table word"),
      ("INSERT INTO word VALUES ($1)", .text("bad secret"), "23514", "constraint word_word_check, table word"),
      ("SELECT $1::text::int8", .text("my secret"), "22P02", ""),
      ("SELECT * FROM words WHERE word = $1", .text("my secret"), "42P01", #"relation "words" does not exist"#),
    ]
    for (statement, value, sqlState, detail) in statements {
      let error = await error { _ = try await connection.run(statement, value) }
      #expect(error?.sqlState == sqlState)
      #expect(error?.detail == detail)
      #expect(error?.isUncertain == false)
      #expect(error?.description.contains("secret") == false)
    }
  }

  @Test func `a statement whose result has changed its columns is prepared again`() async throws {
    let connection = try await PostgresConnection.toNewDatabase()
    try await connection.runScript("CREATE TABLE word (word text)")
    let statement: Statement = "SELECT * FROM word"
    _ = try await connection.run(statement)
    try await connection.runScript("ALTER TABLE word ADD COLUMN length int")
    let error = await error { _ = try await connection.run(statement) }
    #expect(error?.sqlState == "0A000")
    #expect(try await connection.run(statement).isEmpty)
  }
}
