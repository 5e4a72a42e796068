import BenchSupport
import Core
import Logging
import PostgreSQL
import Sessions
import TestSupport

extension BenchServer {
  /// Opens the store of the database.
  func open(member name: String = "bench:1") async throws -> PostgresStore {
    try await PostgresStore(
      PostgresAddress(database.url), bot: "bot", member: MemberDescription(name: name, program: "bench"),
      logger: .silent)
  }

  /// Opens the store of the database and joins it.
  func join() async throws -> PostgresStore {
    let store = try await open()
    try await store.join()
    return store
  }
}
