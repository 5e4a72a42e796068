import BenchSupport
import Core
import Logging
import PostgreSQL
import Sessions
import TestSupport

extension BenchServer {
  /// Opens the store of the database and joins it.
  func join(as name: String = "bench:1") async throws -> PostgresStore {
    let store = try await PostgresStore(
      PostgresAddress(database.url), bot: "bot", member: MemberDescription(name: name, program: "bench"),
      logger: .silent)
    try await store.join(rules: "bench")
    _ = try await store.takeOver()
    return store
  }
}
