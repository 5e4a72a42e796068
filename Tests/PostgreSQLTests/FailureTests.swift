import Logging
import TestSupport
import Testing

@testable import PostgreSQL

/// The ends of a connection that was open.
@Suite(.enabled(if: PostgresServer.isAvailable, "needs PostgreSQL")) struct FailureTests {
  /// Limits with which two batches are under way, and a third one waits.
  private static func limits(answerTime: Duration = .seconds(30)) -> PostgresLimits {
    var limits = PostgresLimits()
    limits.batchesUnderWayMax = 2
    limits.answerTimeMax = answerTime
    return limits
  }

  /// Runs a batch that is being executed, one that is sent, and one that is not sent, and returns their errors after
  /// `end` has been called.
  @MainActor private func errors(
    of connection: PostgresConnection, to database: PostgresServer.Database, on server: PostgresServer,
    when end: () async throws -> Void
  ) async throws -> [PostgresError] {
    let statements: [Statement] = ["SELECT pg_sleep(600)::text", "SELECT 1", "SELECT 1"]
    // Tasks of one actor begin in order.
    let tasks = statements.map { statement in Task { await error { _ = try await connection.run(statement) } } }
    try await wait(for: "the statement to run", every: .milliseconds(50)) {
      try await server.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = '\(database.name)' AND query LIKE '%pg_sleep%'") == "1"
    }
    try await end()
    var errors: [PostgresError] = []
    for task in tasks { errors.append(try #require(await task.value)) }
    #expect(await !connection.isOpen)
    // Later batches fail as well.
    #expect(await error { _ = try await connection.run("SELECT 1") } == errors[2])
    return errors
  }

  @Test func `a connection that an administrator ends fails all its batches`() async throws {
    let server = try await PostgresServer.shared
    let database = try await server.newDatabase()
    let connection = try await PostgresConnection.to(database.url, limits: Self.limits())
    let errors = try await errors(of: connection, to: database, on: server) {
      try await server.terminateConnections(to: database)
    }
    #expect(errors.map(\.code) == [.connectionLost, .connectionLost, .connectionLost])
    #expect(errors.map(\.sqlState) == ["57P01", "57P01", "57P01"])
    #expect(errors[0].detail == "terminating connection due to administrator command")
    #expect(errors.map(\.isUncertain) == [true, true, false])
    #expect(errors.allSatisfy { $0.isTransient && $0.isConnectionLost })
  }

  @Test func `closing a connection ends its batches`() async throws {
    let server = try await PostgresServer.shared
    let database = try await server.newDatabase()
    let connection = try await PostgresConnection.to(database.url, limits: Self.limits())
    let errors = try await errors(of: connection, to: database, on: server) { await connection.close() }
    #expect(errors.map(\.code) == [.closed, .closed, .closed])
    #expect(errors.map(\.isUncertain) == [true, true, false])
    await connection.close()
  }

  @Test func `a server that is stopped says so`() async throws {
    let server = try await PostgresServer()
    let database = try await server.newDatabase()
    let connection = try await PostgresConnection.to(database.url, limits: Self.limits())
    let errors = try await errors(of: connection, to: database, on: server) { try await server.stop() }
    #expect(errors.map(\.sqlState) == ["57P01", "57P01", "57P01"])
    #expect(await error { _ = try await PostgresConnection.to(database.url) }?.code == .cannotConnect)
    try await server.start()
    #expect(try await PostgresConnection.to(database.url).run("SELECT 1").count == 1)
  }

  @Test func `a server that is killed keeps what it has confirmed`() async throws {
    let server = try await PostgresServer(isDurable: true)
    let database = try await server.newDatabase()
    let connection = try await PostgresConnection.to(database.url, limits: Self.limits())
    try await connection.runScript("CREATE TABLE word (word text)")
    _ = try await connection.run("INSERT INTO word VALUES ('kept')")
    let errors = try await errors(of: connection, to: database, on: server) { try await server.kill() }
    #expect(errors.map(\.code) == [.connectionLost, .connectionLost, .connectionLost])
    try await server.start()
    let next = try await PostgresConnection.to(database.url)
    #expect(try await next.run("SELECT word FROM word").first?.text(0) == "kept")
  }

  @Test func `a server that is silent ends the connection`() async throws {
    let server = try await PostgresServer()
    let database = try await server.newDatabase()
    let connection = try await PostgresConnection.to(database.url, limits: Self.limits(answerTime: .seconds(2)))
    let errors = try await errors(of: connection, to: database, on: server) { server.suspend() }
    server.resume()
    #expect(errors.map(\.code) == [.connectionLost, .connectionLost, .connectionLost])
    #expect(errors[0].detail == "the server did not answer in time")
    #expect(errors.map(\.isUncertain) == [true, true, false])
  }

  @Test func `a connection that ends while nothing runs is not open`() async throws {
    let server = try await PostgresServer.shared
    let database = try await server.newDatabase()
    let connection = try await PostgresConnection.to(database.url)
    try await server.terminateConnections(to: database)
    try await wait(for: "the end of the connection") { await !connection.isOpen }
    let error = await error { _ = try await connection.run("SELECT 1") }
    #expect(error?.code == .connectionLost)
    #expect(error?.sqlState == "57P01")
    #expect(error?.isUncertain == false)
  }

  @Test(arguments: 0..<4) func `an error says whether its batch has happened`(_ round: Int) async throws {
    let server = try await PostgresServer.shared
    let database = try await server.newDatabase()
    let connection = try await PostgresConnection.to(database.url)
    try await connection.runScript("CREATE TABLE number (number int8 PRIMARY KEY)")
    let started = AsyncQueue<Void>()
    // Each task inserts pairs of numbers until the connection has ended.
    let errors = Task {
      await withTaskGroup(of: (Int64, PostgresError).self) { group in
        for task in 0..<8 as Range<Int64> {
          group.addTask {
            var number = task * 1_000_000
            while true {
              if number == Int64(40 * round) { started(()) }
              var batch = PostgresBatch()
              for number in [number, number + 1] { batch.add("INSERT INTO number VALUES ($1)", .int(number)) }
              let failure = await error { [batch] in _ = try await connection.run(batch) }
              if let failure { return (number, failure) }
              number += 2
            }
          }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
    }
    try await started.next("the batches")
    try await server.terminateConnections(to: database)
    let next = try await PostgresConnection.to(database.url)
    let numbers = Set(try await next.run("SELECT number FROM number").map { try $0.int(0) })
    for (number, error) in await errors.value {
      #expect(error.isConnectionLost)
      #expect(numbers.contains(number) == numbers.contains(number + 1))
      if !error.isUncertain { #expect(!numbers.contains(number)) }
      // Those before had a result, so they have happened.
      let first = number / 1_000_000 * 1_000_000
      #expect((first..<number).allSatisfy { numbers.contains($0) })
    }
  }

  // MARK: Servers that are scripted

  /// Connects to a server that runs the script, and returns the error of a batch.
  private func scriptedError(
    answerTime: Duration = .seconds(30), _ script: @escaping @Sendable (Peer) -> Void
  ) async throws -> PostgresError? {
    let server = try TestServer { peer in
      peer.acceptPostgres()
      peer.readMessages()
      script(peer)
    }
    let connection = try await PostgresConnection.to(server.postgresURL, limits: Self.limits(answerTime: answerTime))
    let error = await error { _ = try await connection.run("SELECT 1") }
    #expect(await !connection.isOpen)
    return error
  }

  @Test func `a connection that breaks in an answer is lost`() async throws {
    let scripts: [@Sendable (Peer) -> Void] = [
      { _ in }, { $0.reset() }, { $0.send([UInt8](repeating: 0xff, count: 100_000)) },
      { $0.send("HTTP/1.1 400 Bad Request\r\n\r\n") },
      // ParseComplete, and the end of a transaction that has not begun to end.
      { peer in peer.send(peer.message("1", []) + peer.message("Z", Array("I".utf8))) },
      // CopyInResponse
      { peer in peer.send(peer.message("1", []) + peer.message("G", [0, 0, 0])) },
    ]
    for script in scripts {
      let error = try await scriptedError(answerTime: .seconds(2), script)
      #expect(error?.code == .connectionLost)
      #expect(error?.isUncertain == true)
    }
  }

  @Test func `a server that sends rubbish while nothing runs is not listened to`() async throws {
    let connected = TestGate()
    let server = try TestServer { peer in
      peer.acceptPostgres()
      connected.wait()
      peer.send([UInt8](repeating: 0xff, count: 100))
      peer.waitForClose()
    }
    let connection = try await PostgresConnection.to(server.postgresURL)
    connected.open()
    try await wait(for: "the end of the connection") { await !connection.isOpen }
  }

  @Test func `an answer that stops in the middle is not waited for`() async throws {
    let error = try await scriptedError(answerTime: .milliseconds(300)) { peer in
      peer.send(peer.message("1", []) + Array("D".utf8) + [0, 0, 1, 0, 0, 1])
      peer.waitForClose()
    }
    #expect(error?.code == .connectionLost)
    #expect(error?.detail == "the server did not answer in time")
  }

  @Test func `a refusal counts even if the connection ends after it`() async throws {
    let error = try await scriptedError { $0.sendError("22012", "division by zero", severity: "ERROR") }
    #expect(error == PostgresError(.refused, sqlState: "22012"))
  }

  @Test func `a refusal that ends the connection leaves the outcome open`() async throws {
    let error = try await scriptedError { $0.sendError("57P02", "crash of another process") }
    #expect(error?.code == .connectionLost)
    #expect(error?.sqlState == "57P02")
    #expect(error?.isUncertain == true)
  }

  @Test func `a notice is logged without its words`() async throws {
    let messages = AsyncQueue<String>()
    var logger = Logger(label: "test") { _ in QueueLogHandler(messages: messages) }
    logger.logLevel = .trace
    let database = try await PostgresServer.shared.newDatabase()
    let connection = try await PostgresConnection.connect(
      to: PostgresAddress(database.url), name: "test", logger: logger)
    try await connection.runScript("DO $$ BEGIN RAISE WARNING 'my secret'; END $$")
    #expect(await messages.next() == "the database sent a notice")
  }
}
