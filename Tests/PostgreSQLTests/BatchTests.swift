import TestSupport
import Testing

@testable import PostgreSQL

@Suite(.enabled(if: PostgresServer.isAvailable, "needs PostgreSQL")) struct BatchTests {
  private let insert: Statement = "INSERT INTO number VALUES ($1) RETURNING number"
  private let list: Statement = "SELECT number FROM number ORDER BY number"

  private func connection(limits: PostgresLimits = PostgresLimits()) async throws -> PostgresConnection {
    let connection = try await PostgresConnection.toNewDatabase(limits: limits)
    try await connection.runScript("CREATE TABLE number (number int8 PRIMARY KEY DEFERRABLE INITIALLY IMMEDIATE)")
    return connection
  }

  private func numbers(_ connection: PostgresConnection) async throws -> [Int64] {
    try await connection.run(list).map { try $0.int(0) }
  }

  private func batch(_ numbers: [Int64]) -> PostgresBatch {
    var batch = PostgresBatch()
    for number in numbers { batch.add(insert, .int(number)) }
    return batch
  }

  @Test func `a batch returns the rows of each statement`() async throws {
    let connection = try await connection()
    var batch = batch([1, 2])
    batch.add("DELETE FROM number WHERE number > 5")
    batch.add(list)
    let rows = try await connection.run(batch)
    #expect(try rows.map { try $0.map { try $0.int(0) } } == [[1], [2], [], [1, 2]])
  }

  @Test func `nothing of a batch happens if one of its statements fails`() async throws {
    let connection = try await connection()
    let error = await error { _ = try await connection.run(batch([1, 2, 2, 3])) }
    #expect(error?.code == .refused)
    #expect(error?.sqlState == "23505")
    #expect(try await numbers(connection) == [])
  }

  @Test func `a batch that fails when it is committed has not happened`() async throws {
    let connection = try await connection()
    var late = PostgresBatch()
    late.add("SET CONSTRAINTS ALL DEFERRED")
    late.add(insert, .int(1))
    late.add(insert, .int(1))
    let (failing, next) = (late, batch([2]))
    async let failure = error { _ = try await connection.run(failing) }
    async let success = connection.run(next)
    #expect(await failure?.sqlState == "23505")
    #expect(try await success.count == 1)
    #expect(try await numbers(connection) == [2])
  }

  @Test func `a batch that fails between others does not affect them`() async throws {
    let connection = try await connection()
    let failures = await withTaskGroup { group in
      for number in 0..<200 as Range<Int64> {
        // Every third one fails, on a statement that is prepared in it for the first time.
        let batch = batch(number % 3 == 0 ? [number, number] : [number])
        group.addTask { await error { _ = try await connection.run(batch) } }
      }
      return await group.reduce(into: [PostgresError]()) { if let error = $1 { $0.append(error) } }
    }
    #expect(failures.count == 67)
    #expect(failures.allSatisfy { $0.sqlState == "23505" })
    #expect(try await numbers(connection) == (0..<200).filter { $0 % 3 != 0 })
  }

  @Test func `a statement that a failed batch should have prepared is executed by the next`() async throws {
    let connection = try await connection()
    var failing = PostgresBatch()
    failing.add("SELECT 1 / 0")
    failing.add(insert, .int(1))
    let (first, second) = (failing, batch([2, 3]))
    async let failure = error { _ = try await connection.run(first) }
    async let success = connection.run(second)
    #expect(await failure?.sqlState == "22012")
    #expect(try await success.count == 2)
    #expect(try await connection.run(batch([4])).count == 1)
    #expect(try await numbers(connection) == [2, 3, 4])
  }

  @Test func `a statement can use what one before it in the batch has made`() async throws {
    let connection = try await PostgresConnection.toNewDatabase()
    var batch = PostgresBatch()
    batch.add("CREATE TABLE fresh (id int8)")
    batch.add("INSERT INTO fresh VALUES ($1) RETURNING id", .int(7))
    #expect(try await connection.run(batch)[1].first?.int(0) == 7)
  }

  @Test @MainActor func `batches run in the order of the calls`() async throws {
    let connection = try await PostgresConnection.toNewDatabase()
    try await connection.runScript("CREATE TABLE step (id int8 GENERATED ALWAYS AS IDENTITY, number int8)")
    // Tasks of one actor begin in order, and make their calls before they wait.
    let tasks = (0..<200 as Range<Int64>).map { number in
      Task { try await connection.run("INSERT INTO step (number) VALUES ($1)", .int(number)) }
    }
    for task in tasks { _ = try await task.value }
    let numbers = try await connection.run("SELECT number FROM step ORDER BY id").map { try $0.int(0) }
    #expect(numbers == Array(0..<200))
  }

  @Test(arguments: [1, 2, 64]) func `further batches wait for those under way`(_ limit: Int) async throws {
    var limits = PostgresLimits()
    limits.batchesUnderWayMax = limit
    let connection = try await connection(limits: limits)
    await withTaskGroup { group in
      for number in 0..<300 as Range<Int64> {
        let batch = batch([number])
        group.addTask { #expect(await error { _ = try await connection.run(batch) } == nil) }
      }
    }
    #expect(try await numbers(connection) == Array(0..<300))
  }

  @Test func `a batch of 1,000 statements with large values and results does not block`() async throws {
    let connection = try await PostgresConnection.toNewDatabase()
    let text = String(repeating: "0123456789abcdef", count: 1_024)
    var batch = PostgresBatch()
    for number in 0..<1_000 as Range<Int64> { batch.add("SELECT $1, $2", .int(number), .text(text)) }
    let rows = try await connection.run(batch)
    #expect(try rows.map { try #require($0.first).int(0) } == Array(0..<1_000))
    #expect(try rows.allSatisfy { try $0.first?.text(1) == text })
  }

  @Test func `cancelling the task does not cut a batch short`() async throws {
    let connection = try await connection()
    let batch = batch([1])
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await connection.run(batch)
    }
    #expect(try await task.value.count == 1)
    #expect(try await numbers(connection) == [1])
  }

  @Test func `a batch that leaves a transaction open ends the connection`() async throws {
    let connection = try await connection()
    let error = await error { _ = try await connection.run("BEGIN") }
    #expect(error?.isConnectionLost == true)
    #expect(error?.detail == "a transaction was left open")
    #expect(await !connection.isOpen)
  }

  @Test func `a batch that is too large is not sent`() async throws {
    let connection = try await PostgresConnection.toNewDatabase()
    var batch = PostgresBatch()
    let half = PostgresValue.bytes([UInt8](repeating: 0, count: Limits.batchBytesMax / 2 + 1))
    for _ in 0..<2 { batch.add("SELECT length($1)", half) }
    let large = batch
    #expect(await error { _ = try await connection.run(large) }?.code == .tooLarge)
    var wide = PostgresBatch()
    wide.add("SELECT 1", Array(repeating: .null, count: Limits.parametersMax + 1))
    let many = wide
    #expect(await error { _ = try await connection.run(many) }?.code == .tooLarge)
    #expect(try await connection.run("SELECT 1").count == 1)
  }

  @Test func `rows beyond the limit are an error, and the connection goes on`() async throws {
    var limits = PostgresLimits()
    limits.rowsMax = 100
    limits.resultBytesMax = 10_000
    let connection = try await PostgresConnection.toNewDatabase(limits: limits)
    #expect(try await connection.run("SELECT generate_series(1, 100)").count == 100)
    async let many = error { _ = try await connection.run("SELECT generate_series(1, 101)") }
    async let large = error { _ = try await connection.run("SELECT repeat('x', 10001)") }
    async let next = connection.run("SELECT 1")
    #expect(await many?.code == .resultTooLarge)
    #expect(await large?.code == .resultTooLarge)
    #expect(try await next.count == 1)
  }

  @Test func `a result without end ends the connection`() async throws {
    var limits = PostgresLimits()
    limits.rowsMax = 100
    limits.answerTimeMax = .milliseconds(300)
    let connection = try await PostgresConnection.toNewDatabase(limits: limits)
    let error = await error {
      _ = try await connection.run("SELECT generate_series(1, 1000000000000)")
    }
    #expect(error?.isConnectionLost == true)
  }
}
