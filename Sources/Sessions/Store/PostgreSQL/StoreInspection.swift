package import Core
import FoundationEssentials
package import Logging
package import PostgreSQL

/// What a database says about itself as a store. Asking for it changes nothing.
package struct StoreInspection: Sendable {
  /// The name and version of the server, such as `PostgreSQL 15.10`.
  package let server: String
  package let isSupportedVersion: Bool
  /// The encoding of the database; a store needs `UTF8`.
  package let encoding: String
  package let user: String
  /// The schema in which tables are made; `nil` if there is none.
  package let schema: String?
  package let isTLS: Bool
  /// True if the server runs on this machine.
  package let isLocal: Bool
  /// True if nothing can be written: the server is a standby, or transactions are read-only.
  package let isReadOnly: Bool
  /// True if the user has the rights that the store needs: to make its tables, or to change those that exist.
  package let hasRights: Bool
  /// The setting `synchronous_commit`.
  package let synchronousCommit: String
  /// True if the server has replicas, none of which a commit waits for.
  package let hasOnlyAsynchronousReplicas: Bool
  /// Seconds by which this machine's clock is ahead of the server's.
  package let secondsAhead: Double
  /// The store in the database; `nil` if no gateway has made its tables yet.
  package let store: Store?

  package struct Store: Sendable {
    /// The bot to which it belongs; `nil` before the first start of a gateway.
    package let bot: UserID?
    /// True if only a newer edgecrab can work with it.
    package let isTooNew: Bool
    /// The gateway that answers, or was the last to; `nil` if that has ended as it should.
    package let holder: Holder?
  }

  package struct Holder: Sendable {
    package let name: String
    /// The version of its program.
    package let program: String
    /// Seconds since it has taken its place.
    package let secondsHeld: Double
    /// Seconds that its lease lasts without being renewed; negative if it is over.
    package let secondsLeft: Double
  }
}

extension PostgresStore {
  /// Looks at a database.
  ///
  /// - Throws: `StoreError` if it cannot be reached or used at all.
  package static func inspect(_ address: PostgresAddress, logger: Logger) async throws(StoreError) -> StoreInspection {
    do throws(PostgresError) {
      let connection = try await connection(to: address, logger)
      do throws(PostgresError) {
        let inspection = try await StoreInspection(connection)
        await connection.close()
        return inspection
      } catch {
        await connection.close()
        throw error
      }
    } catch {
      throw StoreError(error, address)
    }
  }
}

extension PostgresStore {
  /// Connects to the server that a gateway would use: of several, the one that takes changes. If none does, any of them
  /// can say why.
  private static func connection(
    to address: PostgresAddress, _ logger: Logger
  ) async throws(PostgresError) -> PostgresConnection {
    do throws(PostgresError) {
      return try await .connect(to: address, name: "edgecrab doctor", isForChanges: true, logger: logger)
    } catch {
      guard error.code == .cannotConnect else { throw error }
      return try await .connect(to: address, name: "edgecrab doctor", logger: logger)
    }
  }
}

extension StoreInspection {
  fileprivate init(_ connection: PostgresConnection) async throws(PostgresError) {
    let asked = Date()
    let server = try await connection.run(Self.selectServer)[0]
    let answered = Date()
    let middle = (asked.timeIntervalSince1970 + answered.timeIntervalSince1970) / 2
    self.server = "PostgreSQL \(try server.text(0))"
    isSupportedVersion = PostgresSchema.supports(version: try server.int(1))
    encoding = try server.text(2)
    user = try server.text(3)
    schema = try server.optionalText(4)
    isTLS = connection.isTLS
    isLocal = try server.bool(5)
    isReadOnly = try server.bool(6)
    synchronousCommit = try server.text(7)
    secondsAhead = middle - Double(try server.int(8)) / 1_000
    hasOnlyAsynchronousReplicas = try server.bool(9)
    let hasTables = try server.bool(10)
    let rights = try await connection.run(hasTables ? Self.selectTableRights : Self.selectSchemaRights)[0]
    hasRights = try rights.bool(0)
    store = hasTables && hasRights ? try await Store(connection) : nil
  }

  private static let selectServer: Statement = """
    SELECT current_setting('server_version'), current_setting('server_version_num')::bigint,
      current_setting('server_encoding'), current_user::text, current_schema()::text,
      coalesce(inet_server_addr() << '127.0.0.0/8'::inet OR inet_server_addr() = '::1'::inet, true),
      pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on',
      current_setting('synchronous_commit'), (extract(epoch FROM clock_timestamp()) * 1000)::bigint,
      current_setting('synchronous_standby_names') = '' AND EXISTS (SELECT FROM pg_stat_replication),
      to_regclass('store') IS NOT NULL
    """

  private static let selectSchemaRights: Statement = """
    SELECT coalesce(
      has_schema_privilege(current_schema(), 'CREATE') AND has_schema_privilege(current_schema(), 'USAGE'), false)
    """

  /// Of the tables that are made together, the ones that every message changes.
  private static let selectTableRights: Statement = """
    SELECT coalesce(bool_and(has_table_privilege(to_regclass(name), needed)), false)
    FROM unnest(ARRAY['store', 'members', 'claims', 'waiting', 'sessions', 'exchanges', 'outbox', 'cursors']) AS name,
      unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS needed
    """
}

extension StoreInspection.Store {
  fileprivate init(_ connection: PostgresConnection) async throws(PostgresError) {
    let store = try await connection.run(Self.selectStore)[0]
    isTooNew = PostgresSchema.isTooNew(version: try store.int(0), oldest: try store.int(1))
    bot = try store.optionalText(2).map { UserID($0) }
    holder = try await connection.run(Self.selectHolder).first.map { row throws(PostgresError) in
      StoreInspection.Holder(
        name: try row.text(0), program: try row.text(1), secondsHeld: Double(try row.int(2)) / 1_000,
        secondsLeft: Double(try row.int(3)) / 1_000)
    }
  }

  private static let selectStore: Statement = "SELECT version, oldest, bot FROM store"

  private static let selectHolder: Statement = """
    SELECT name, program, (extract(epoch FROM clock_timestamp() - started_at) * 1000)::bigint,
      (extract(epoch FROM expires_at - clock_timestamp()) * 1000)::bigint
    FROM members ORDER BY id DESC LIMIT 1
    """
}
