import TestSupport
import Testing

@testable import PostgreSQL

@Suite(.enabled(if: PostgresServer.isAvailable, "needs PostgreSQL")) struct NotificationTests {
  @Test func `a notification of another connection is received while nothing runs`() async throws {
    let database = try await PostgresServer.shared.newDatabase()
    let (listener, sender) = (
      try await PostgresConnection.to(database.url), try await PostgresConnection.to(database.url)
    )
    _ = try await listener.run("LISTEN edgecrab")
    _ = try await sender.run("SELECT pg_notify('edgecrab', $1)", .text("a € b"))
    let notification = await within {
      for await notification in listener.notifications { return notification }
      return nil
    }
    #expect(
      notification == PostgresNotification(channel: "edgecrab", payload: "a € b", sender: sender.backendID))
  }

  @Test func `notifications that nobody reads make way for newer ones`() async throws {
    let connection = try await PostgresConnection.toNewDatabase()
    _ = try await connection.run("LISTEN edgecrab")
    _ = try await connection.run("SELECT pg_notify('edgecrab', n::text) FROM generate_series(1, 1000) n")
    // Notifications come before the end of the batch that has sent them.
    await connection.close()
    var payloads: [String] = []
    for await notification in connection.notifications { payloads.append(notification.payload) }
    #expect(payloads == (1_001 - Limits.notificationsMax...1_000).map { "\($0)" })
  }

  @Test func `the notifications end with the connection`() async throws {
    let database = try await PostgresServer.shared.newDatabase()
    let connection = try await PostgresConnection.to(database.url)
    _ = try await connection.run("LISTEN edgecrab")
    try await PostgresServer.shared.terminateConnections(to: database)
    let isEnded = await within {
      for await _ in connection.notifications {}
      return true
    }
    #expect(isEnded == true)
    #expect(await !connection.isOpen)
  }
}
