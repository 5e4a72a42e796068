import Foundation
import TestSupport
import Testing

@testable import PostgreSQL

@Suite(.enabled(if: PostgresServer.isAvailable, "needs PostgreSQL")) struct ConnectTests {
  private func limits(connectTime: Duration) -> PostgresLimits {
    var limits = PostgresLimits()
    limits.connectTime = connectTime
    return limits
  }

  private func refusal(_ url: String, limits: PostgresLimits = PostgresLimits()) async -> PostgresError? {
    await error { _ = try await PostgresConnection.to(url, limits: limits) }
  }

  @Test func `a connection knows its server`() async throws {
    let database = try await PostgresServer.shared.newDatabase()
    let connection = try await PostgresConnection.to(database.tcpURL)
    let row = try #require(
      try await connection.run(
        """
        SELECT pid, application_name, current_setting('client_encoding'), current_setting('server_version_num')::int,
          datname FROM pg_stat_activity WHERE pid = pg_backend_pid()
        """
      ).first)
    #expect(try row.int(0) == Int64(connection.backendID))
    #expect(try row.text(1) == "test")
    #expect(try row.text(2) == "UTF8")
    #expect(try row.int(3) == Int64(connection.serverVersion))
    #expect(try row.text(4) == database.name)
    #expect(connection.serverEncoding == "UTF8")
    #expect(!connection.isTLS)
    #expect(await connection.isOpen)
  }

  @Test func `the password may be in a file`() async throws {
    let database = try await PostgresServer.shared.newDatabase()
    let folder = try TemporaryFolder()
    let file = try folder.write("*:*:*:postgres:\(PostgresServer.password)\n", to: "pass")
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
    let port = try await PostgresServer.shared.port
    let connection = try await PostgresConnection.to(
      "postgresql://postgres@127.0.0.1:\(port)/\(database.name)?passfile=\(file)")
    #expect(await connection.isOpen)
  }

  @Test func `a login that is refused says why`() async throws {
    let server = try await PostgresServer.shared
    let database = try await server.newDatabase()
    let wrong = await refusal("postgresql://postgres:wrong-secret@127.0.0.1:\(server.port)/\(database.name)")
    #expect(wrong?.code == .notAuthenticated)
    #expect(wrong?.sqlState == "28P01")
    #expect(wrong?.detail.hasSuffix(#"password authentication failed for user "postgres""#) == true)
    #expect(await refusal("postgresql://postgres@127.0.0.1:\(server.port)/\(database.name)")?.code == .notAuthenticated)
    #expect(await refusal(server.database("missing").url)?.code == .noDatabase)

    try await server.execute("CREATE ROLE few LOGIN CONNECTION LIMIT 1")
    let url = database.url.replacingOccurrences(of: "postgres@", with: "few@")
    let first = try await PostgresConnection.to(url)
    let second = await refusal(url)
    #expect(second?.code == .tooManyConnections)
    #expect(second?.sqlState == "53300")
    #expect(second?.isTransient == true)
    await first.close()
  }

  @Test func `a port without a server is an error`() async throws {
    let error = await refusal("postgresql://127.0.0.1:\(try TestServer.closedPort())/x")
    #expect(error?.code == .cannotConnect)
    #expect(error?.detail.hasSuffix("Connection refused") == true)
  }

  @Test func `a server that is not PostgreSQL is an error`() async throws {
    let servers = [
      try TestServer { peer in
        peer.readStart()
        peer.send("HTTP/1.1 400 Bad Request\r\n\r\n")
      },
      try TestServer { peer in
        peer.readStart()
        peer.send([UInt8](repeating: 0xff, count: 100_000))
      },
      try TestServer { $0.reset() },
      try TestServer { _ in },
    ]
    for server in servers {
      #expect(await refusal(server.postgresURL)?.code == .cannotConnect)
      #expect(await refusal(server.postgresURL + "?sslmode=disable")?.code == .cannotConnect)
    }
  }

  @Test func `a server that is starting is unavailable`() async throws {
    let server = try TestServer { peer in
      peer.readStart()
      peer.sendError("57P03", "the database system is starting up")
    }
    let error = await refusal(server.postgresURL)
    #expect(error?.code == .unavailable)
    #expect(error?.sqlState == "57P03")
  }

  @Test func `a server that quotes the password does not reach the error with it`() async throws {
    let server = try TestServer { peer in
      peer.readStart()
      // AuthenticationCleartextPassword
      peer.send(peer.message("R", [0, 0, 0, 3]))
      peer.readMessages()
      peer.sendError("28P01", "the password battery-staple is wrong")
    }
    let error = await refusal(server.postgresURL)
    #expect(error?.code == .notAuthenticated)
    #expect(error?.detail.contains("the password <redacted> is wrong") == true)
  }

  @Test func `a server that accepts the connection and is silent is given up`() async throws {
    let server = try TestServer { $0.waitForClose() }
    let error = await refusal(server.postgresURL, limits: limits(connectTime: .milliseconds(300)))
    #expect(error?.code == .timedOut)
    #expect(error?.summary == "the database did not accept the connection in time (127.0.0.1)")
    #expect(await refusal(server.postgresURL + "?connect_timeout=1")?.code == .timedOut)
  }

  @Test func `the first host that answers is used`() async throws {
    let database = try await PostgresServer.shared.newDatabase()
    let port = try await PostgresServer.shared.port
    let silent = try TestServer { $0.waitForClose() }.port
    let closed = try TestServer.closedPort()
    let access = "postgresql://postgres:\(PostgresServer.password)@"
    let connection = try await PostgresConnection.to(
      "\(access)127.0.0.1:\(closed),127.0.0.1:\(silent),127.0.0.1:\(port)/\(database.name)",
      limits: limits(connectTime: .seconds(4)))
    #expect(await connection.isOpen)
    let error = await refusal(
      "\(access)127.0.0.1:\(silent),127.0.0.1:\(closed)/x", limits: limits(connectTime: .milliseconds(300)))
    #expect(error?.code == .cannotConnect)
    #expect(error?.detail.hasPrefix("127.0.0.1 did not answer in time; ") == true)
  }

  @Test func `a server that may not be written is passed over if the address demands it`() async throws {
    let standby = try await PostgresServer(settings: ["default_transaction_read_only": "on"])
    let main = try await PostgresServer.shared
    let hosts = "127.0.0.1:\(standby.port),127.0.0.1:\(main.port)"
    let url = "postgresql://postgres:\(PostgresServer.password)@\(hosts)/postgres"
    let connection = try await PostgresConnection.to(url + "?target_session_attrs=read-write")
    #expect(try await connection.run("SELECT current_setting('port')").first?.text(0) == "\(main.port)")
    #expect(
      try await PostgresConnection.to(url).run("SELECT current_setting('port')").first?.text(0) == "\(standby.port)")
  }

  @Test func `cancelling the task ends the attempt`() async throws {
    let connected = AsyncQueue<Void>()
    let server = try TestServer { peer in
      connected(())
      peer.waitForClose()
    }
    let task = Task { await refusal(server.postgresURL) }
    try await connected.next("the connection")
    task.cancel()
    #expect(await task.value?.code == .cancelled)
    // Before it begins.
    let late = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return await refusal(server.postgresURL)
    }
    #expect(await late.value?.code == .cancelled)
  }

  @Test func `a connection that is released is closed, and its thread ends`() async throws {
    let server = try await PostgresServer.shared
    let database = try await server.newDatabase()
    var connection: PostgresConnection? = try await PostgresConnection.to(database.url)
    _ = try await connection?.run("SELECT 1")
    let released = { [weak connection] in connection == nil }
    connection = nil
    try await wait(for: "the connection to be released") { released() }
    try await wait(for: "the server to see it", every: .milliseconds(50)) {
      try await server.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = '\(database.name)'") == "0"
    }
  }

  @Suite(.enabled(if: TLSServer.isAvailable, "needs /usr/bin/openssl")) struct TLSTests {
    @Test func `TLS is as strict as the address says`() async throws {
      let folder = try TemporaryFolder()
      let identity = try TLSServer.Identity(in: folder, named: "server")
      let server = try await PostgresServer(certificate: identity)
      let access = "postgresql://postgres:\(PostgresServer.password)@"
      func url(_ host: String, _ parameters: String) -> String {
        "\(access)\(host):\(server.port)/postgres?\(parameters)"
      }
      let trusted = "sslrootcert=\(identity.certificateFile)"

      for parameters in ["sslmode=require", "", "sslmode=verify-ca&\(trusted)", "sslmode=verify-full&\(trusted)"] {
        #expect(try await PostgresConnection.to(url("localhost", parameters)).isTLS)
      }
      let other = try TLSServer.Identity(in: folder, named: "other")
      for (host, parameters) in [
        ("localhost", "sslmode=verify-full&sslrootcert=\(other.certificateFile)"),
        ("127.0.0.1", "sslmode=verify-full&\(trusted)"), ("localhost", "sslmode=verify-full&sslrootcert=/missing"),
      ] {
        let error = await error { _ = try await PostgresConnection.to(url(host, parameters)) }
        #expect(error?.code == .tlsFailed)
      }
      let plain = try await PostgresServer.shared.database("postgres").tcpURL
      let refused = await error { _ = try await PostgresConnection.to(plain + "?sslmode=require") }
      #expect(refused?.code == .tlsFailed)
    }

    @Test func `large values are sent and received over TLS`() async throws {
      let folder = try TemporaryFolder()
      let server = try await PostgresServer(certificate: TLSServer.Identity(in: folder, named: "server"))
      let connection = try await PostgresConnection.to(server.database("postgres").tcpURL + "?sslmode=require")
      let texts = [1, 8_000, 8_192, 16_384, 20_000, 3_000_000].map { String(repeating: "x", count: $0) }
      await withTaskGroup { group in
        for text in texts + texts + texts {
          group.addTask {
            let length = try? await connection.run("SELECT $1", .text(text)).first?.text(0).utf8.count
            #expect(length == text.utf8.count)
          }
        }
      }
    }
  }
}
