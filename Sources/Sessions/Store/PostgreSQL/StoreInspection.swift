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
    /// True if a start brings the tables up to date.
    package let isOlder: Bool
    /// The gateways, in the order in which they joined: those that may change the store, and those whose lease is over and
    /// whose work was not taken over yet. Unknown, and empty, if the store is older or too new.
    package let members: [Member]
    /// The rules in force; `nil` if none were put in force yet.
    package let rules: Rules?
    package let work: Work
  }

  package struct Member: Sendable {
    package let name: String
    /// The version of its program.
    package let program: String
    /// Seconds since it joined.
    package let secondsJoined: Double
    /// Seconds that its lease lasts without being renewed; negative if it is over.
    package let secondsLeft: Double
    /// True if it receives posts.
    package let isReady: Bool
    /// The fingerprint of its rules, and whether they are those in force.
    package let rules: String
    package let hasRulesInForce: Bool
    /// The number of conversations that it holds.
    package let sessions: Int
    /// The number of posts that it has claimed and that are not answered yet.
    package let openPosts: Int
    /// The number of replies that it has not posted whole.
    package let replies: Int

    package var state: State {
      if secondsLeft <= 0 { return .leaseOver }
      if !hasRulesInForce { return .otherRules }
      return isReady ? .answers : .notConnected
    }

    /// Programs rely on the raw values.
    package enum State: String, Sendable {
      case answers
      /// Its rules are not those in force, so that it claims nothing.
      case otherRules = "other-rules"
      /// It receives no posts from Mattermost.
      case notConnected = "not-connected"
      /// It was killed or cut off, and nothing has been taken over from it yet.
      case leaseOver = "lease-over"
    }
  }

  package struct Rules: Sendable {
    package let fingerprint: String
    package let secondsInForce: Double
  }

  /// The work of all gateways, also of those that have ended.
  package struct Work: Sendable {
    package var sessions = 0
    package var openPosts = 0
    /// Seconds since the oldest of the open posts was claimed; `nil` if there is none.
    package var oldestSeconds: Double?
    package var replies = 0
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

  /// Of the tables that every message changes. One that a start is still to make counts as one with all rights.
  private static let selectTableRights: Statement = """
    SELECT coalesce(bool_and(has_table_privilege(to_regclass(name), needed)), false)
    FROM unnest(ARRAY[
        'store', 'members', 'leases', 'rules', 'claims', 'waiting', 'sessions', 'exchanges', 'outbox', 'cursors'
      ]) AS name,
      unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS needed
    """
}

extension StoreInspection.Store {
  fileprivate init(_ connection: PostgresConnection) async throws(PostgresError) {
    let store = try await connection.run(Self.selectStore)[0]
    isTooNew = PostgresSchema.isTooNew(version: try store.int(0), oldest: try store.int(1))
    isOlder = PostgresSchema.isOlder(version: try store.int(0))
    bot = try store.optionalText(2).map { UserID($0) }
    if isTooNew || isOlder {
      (members, rules, work) = ([], nil, StoreInspection.Work())
      return
    }
    let totals = try await connection.run(Self.selectTotals)[0]
    rules = try totals.optionalText(0).map { fingerprint throws(PostgresError) in
      StoreInspection.Rules(fingerprint: fingerprint, secondsInForce: try totals.seconds(1))
    }
    work = StoreInspection.Work(
      sessions: Int(try totals.int(2)), openPosts: Int(try totals.int(3)),
      oldestSeconds: try totals.int(3) == 0 ? nil : totals.seconds(4), replies: Int(try totals.int(5)))
    members = try await connection.run(Self.selectMembers).map(StoreInspection.Member.init)
  }

  private static let selectStore: Statement = "SELECT version, oldest, bot FROM store"

  /// Claims have the time of Mattermost's clock, which is nearly that of the database's.
  private static let selectTotals: Statement = """
    SELECT latest.fingerprint, (extract(epoch FROM clock_timestamp() - latest.announced_at) * 1000)::bigint,
      (SELECT count(*) FROM leases), open.posts,
      greatest((extract(epoch FROM clock_timestamp()) * 1000)::bigint - open.oldest, 0), (SELECT count(*) FROM outbox)
    FROM (SELECT count(*) AS posts, min(claimed_at) AS oldest FROM claims WHERE NOT done) AS open
      LEFT JOIN (SELECT fingerprint, announced_at FROM rules ORDER BY number DESC LIMIT 1) AS latest ON true
    """

  /// Leaves out members that have left: what they had is taken over as soon as another one looks. After a restart of the
  /// database, each has the length of its lease to renew it (`is_over`).
  private static let selectMembers: Statement = """
    SELECT name, program, (extract(epoch FROM clock_timestamp() - started_at) * 1000)::bigint,
      (extract(epoch FROM greatest(expires_at, pg_postmaster_start_time() + lease) - clock_timestamp()) * 1000)::bigint,
      is_ready, rules, coalesce(rules = rules_in_force(), false),
      coalesce(held.count, 0), coalesce(claimed.count, 0), coalesce(sent.count, 0)
    FROM members
      LEFT JOIN (SELECT member, count(*) FROM leases GROUP BY member) AS held ON held.member = id
      LEFT JOIN (SELECT member, count(*) FROM claims WHERE NOT done GROUP BY member) AS claimed ON claimed.member = id
      LEFT JOIN (SELECT member, count(*) FROM outbox GROUP BY member) AS sent ON sent.member = id
    WHERE expires_at <> '-infinity' ORDER BY id
    """
}

extension StoreInspection.Member {
  /// Reads a row of `selectMembers`.
  fileprivate init(_ row: PostgresRow) throws(PostgresError) {
    self.init(
      name: try row.text(0), program: try row.text(1), secondsJoined: try row.seconds(2),
      secondsLeft: try row.seconds(3),
      isReady: try row.bool(4), rules: try row.text(5), hasRulesInForce: try row.bool(6), sessions: Int(try row.int(7)),
      openPosts: Int(try row.int(8)), replies: Int(try row.int(9)))
  }
}

extension PostgresRow {
  /// Returns the seconds of a column of milliseconds.
  fileprivate func seconds(_ column: Int) throws(PostgresError) -> Double { Double(try int(column)) / 1_000 }
}
