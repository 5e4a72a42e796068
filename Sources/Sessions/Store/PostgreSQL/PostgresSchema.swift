import Core
import PostgreSQL

/// The tables of a PostgreSQL store. A migration is never changed once it is released: the next one is added below it.
///
/// They are the tables of `StoreSchema`, which describes them, with times in milliseconds since 1970 (UTC), too. What a
/// gateway of an older version must not meet raises `oldest` in the table `store`.
enum PostgresSchema {
  /// The scripts that make the versions of the schema, from 1. Each runs as one transaction and writes its own version.
  private static let migrations: [StaticString] = [tables, severalMembers]

  /// The version that this program makes.
  private static var version: Int64 { Int64(migrations.count) }

  /// Makes the tables, or brings them up to date, records whose they are, and returns the name that the gateways of the
  /// store have in common.
  ///
  /// - Throws: `StoreError` if the database cannot hold a store, or holds one of another bot, or of a newer version that
  ///   this one cannot work with.
  static func prepare(_ link: PostgresLink, bot: UserID?) async throws(StoreError) -> String {
    let (problem, server, instance): (StoreError.Code?, String, String)
    do throws(PostgresError) {
      let connection = try await link.open()
      server = try await row(selectServer, connection).text(2)
      problem = try await Self.problem(of: connection, bot: bot)
      instance = problem == nil ? try await row(selectInstance, connection).text(0) : ""
    } catch {
      throw StoreError(error, link.address)
    }
    if let problem { throw StoreError(problem, link.address, detail: server) }
    return instance
  }

  private static func problem(
    of connection: PostgresConnection, bot: UserID?
  ) async throws(PostgresError) -> StoreError.Code? {
    let server = try await row(selectServer, connection)
    guard supports(version: try server.int(0)), try server.text(1) == "UTF8" else { return .unsuitable }
    try await migrate(connection)
    let store = try await row(selectStore, connection, PostgresValue(bot?.rawValue))
    let isMoving = try store.bool(3)
    if isMoving, bot != nil { return .moving }
    if isTooNew(version: try store.int(0), oldest: try store.int(1)) { return .newer }
    guard let bot, let owner = try store.optionalText(2), owner != bot.rawValue else { return nil }
    return .otherBot
  }

  /// Returns whether a server of this `server_version_num` can hold a store.
  static func supports(version: Int64) -> Bool { version >= 140_000 }

  /// Returns whether only newer versions of the program work with a schema.
  static func isTooNew(version: Int64, oldest: Int64) -> Bool { version > Self.version && oldest > Self.version }

  /// Returns whether a schema lacks what this version of the program uses.
  static func isOlder(version: Int64) -> Bool { version < Self.version }

  /// Makes the versions of the schema that the database lacks. If another gateway makes one at the same time, that one
  /// counts.
  private static func migrate(_ connection: PostgresConnection) async throws(PostgresError) {
    while true {
      let present = try await presentVersion(connection)
      guard present < version else { return }
      do throws(PostgresError) {
        try await connection.runScript(migrations[Int(present)])
      } catch {
        guard try await presentVersion(connection) > present else { throw error }
      }
    }
  }

  /// Returns the version in the database, 0 if it has no tables yet.
  private static func presentVersion(_ connection: PostgresConnection) async throws(PostgresError) -> Int64 {
    guard try await row(selectExists, connection).bool(0) else { return 0 }
    return try await row(selectVersion, connection).int(0)
  }

  private static let selectServer: Statement = """
    SELECT current_setting('server_version_num')::int, current_setting('server_encoding'),
      'PostgreSQL ' || current_setting('server_version') || ' in ' || current_setting('server_encoding')
    """

  /// Returns the only row of a result. A table of another program may have none.
  private static func row(
    _ statement: Statement, _ connection: PostgresConnection, _ values: PostgresValue...
  ) async throws(PostgresError) -> PostgresRow {
    let batch = PostgresBatch { $0.add(statement, values) }
    guard let row = try await connection.run(batch)[0].first else {
      throw PostgresError(.unexpectedResult, "the table `store` has no row")
    }
    return row
  }

  /// Looks where unqualified names are looked up.
  private static let selectExists: Statement = "SELECT to_regclass('store') IS NOT NULL"
  private static let selectVersion: Statement = "SELECT version FROM store"

  /// The first bot that uses the store owns it.
  private static let selectStore: Statement = """
    UPDATE store SET bot = coalesce(bot, $1::text) RETURNING version, oldest, bot, is_moving
    """

  private static let selectInstance: Statement = "SELECT instance FROM store"

  /// - `store`: one row, with the version of the schema, the oldest version that still works with it, the bot, when a
  ///   gateway first ran with this store, and whether a move into it has begun and not ended.
  /// - `members`: the gateways that may change the store, each until `expires_at` by the database's clock. The id, which
  ///   is never used again, is the number that all its changes carry.
  ///   `attempt` is the number by which it recognises its row.
  /// - `places`: the positions of messages, replies and exchanges.
  /// - `claims.attempt`: the number of the operation that made the claim, by which it recognises its own.
  ///
  /// Ids and keys are compared byte by byte, whatever the database's language. There are no foreign keys, each of which
  /// would cost a query and a lock for every row: the statements that delete a conversation or an exchange delete what
  /// belongs to it. No index has a column that every answer changes, and pages have room, so that the new version of a row
  /// is written beside the old one and no index changes. Rows of `waiting` and `outbox` live for seconds, so both are
  /// cleaned as soon as a thousand are dead.
  private static let tables: StaticString = """
    CREATE TABLE store (
      single boolean PRIMARY KEY DEFAULT true CHECK (single),
      version bigint NOT NULL,
      oldest bigint NOT NULL,
      bot text,
      began_at bigint,
      is_moving boolean NOT NULL DEFAULT false
    );
    CREATE SEQUENCE member_ids;
    CREATE TABLE members (
      id bigint PRIMARY KEY,
      name text NOT NULL,
      program text NOT NULL,
      attempt bigint NOT NULL,
      started_at timestamptz NOT NULL,
      expires_at timestamptz NOT NULL
    ) WITH (fillfactor = 50);
    CREATE UNIQUE INDEX one_member ON members ((true));
    CREATE SEQUENCE places;
    CREATE TABLE sessions (
      key text COLLATE "C" PRIMARY KEY,
      generation bigint NOT NULL,
      started_at bigint NOT NULL,
      last_at bigint NOT NULL,
      turns bigint NOT NULL,
      cuts bigint NOT NULL
    ) WITH (fillfactor = 80);
    CREATE TABLE exchanges (
      id bigint PRIMARY KEY,
      place bigint NOT NULL,
      session text COLLATE "C" NOT NULL,
      post text COLLATE "C" NOT NULL,
      root text COLLATE "C" NOT NULL,
      author text COLLATE "C" NOT NULL,
      speaker text NOT NULL,
      agent text NOT NULL,
      message text NOT NULL,
      files text NOT NULL,
      more text NOT NULL,
      answer text,
      outcome text NOT NULL,
      at bigint NOT NULL,
      asked_at bigint NOT NULL,
      failed_at bigint
    );
    CREATE INDEX exchanges_of_session ON exchanges (session, place);
    CREATE INDEX exchanges_unanswered ON exchanges (session) WHERE answer IS NULL;
    CREATE TABLE exchange_posts (
      exchange bigint NOT NULL,
      post text COLLATE "C" NOT NULL,
      root text COLLATE "C" NOT NULL,
      channel text COLLATE "C" NOT NULL,
      files text NOT NULL,
      PRIMARY KEY (exchange, post)
    );
    CREATE INDEX exchange_posts_by_post ON exchange_posts (post);
    CREATE INDEX exchange_posts_by_root ON exchange_posts (root) WHERE root <> '';
    CREATE TABLE usage (
      session text COLLATE "C" NOT NULL,
      generation bigint NOT NULL,
      turns bigint NOT NULL,
      reported bigint NOT NULL,
      input bigint NOT NULL,
      output bigint NOT NULL,
      PRIMARY KEY (session, generation)
    ) WITH (fillfactor = 80);
    CREATE TABLE costs (
      session text COLLATE "C" NOT NULL,
      generation bigint NOT NULL,
      currency text COLLATE "C" NOT NULL,
      millionths bigint NOT NULL,
      PRIMARY KEY (session, generation, currency)
    ) WITH (fillfactor = 80);
    CREATE TABLE agent_notes (
      session text COLLATE "C" NOT NULL,
      agent text COLLATE "C" NOT NULL,
      generation bigint NOT NULL,
      note text NOT NULL,
      PRIMARY KEY (session, agent)
    );
    CREATE TABLE waiting (
      post text COLLATE "C" PRIMARY KEY,
      place bigint NOT NULL,
      session text COLLATE "C" NOT NULL,
      payload text NOT NULL,
      root text COLLATE "C" NOT NULL,
      begun boolean NOT NULL DEFAULT false,
      at bigint NOT NULL
    ) WITH (
      fillfactor = 80, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
      toast.autovacuum_vacuum_scale_factor = 0, toast.autovacuum_vacuum_threshold = 1000
    );
    CREATE TABLE outbox (
      reply text COLLATE "C" PRIMARY KEY,
      place bigint NOT NULL,
      message text COLLATE "C",
      payload text NOT NULL,
      text text NOT NULL,
      files text NOT NULL,
      is_failure boolean NOT NULL,
      parts bigint NOT NULL DEFAULT 0
    ) WITH (
      fillfactor = 80, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
      toast.autovacuum_vacuum_scale_factor = 0, toast.autovacuum_vacuum_threshold = 1000
    );
    CREATE TABLE claims (
      post text COLLATE "C" PRIMARY KEY,
      claimed_at bigint NOT NULL,
      done boolean NOT NULL,
      attempt bigint NOT NULL
    ) WITH (fillfactor = 80);
    CREATE TABLE threads (
      root text COLLATE "C" PRIMARY KEY,
      last_at bigint NOT NULL
    ) WITH (fillfactor = 80);
    CREATE TABLE cursors (
      channel text COLLATE "C" PRIMARY KEY,
      post text COLLATE "C" NOT NULL,
      create_at bigint NOT NULL
    ) WITH (fillfactor = 50);
    INSERT INTO store (version, oldest) VALUES (1, 1);
    """

  /// Several members change the store at the same time, each the conversations that it holds.
  ///
  /// - `store.instance`: the name that all members have in common.
  /// - `members.rules`: the fingerprint of its rules. A member that has left is over at `-infinity`.
  /// - `leases`: the member that holds a conversation: it alone works in it. The row lives as long as something is open in
  ///   the conversation, and a while longer.
  /// - `rules`: the rules that were put in force; those of the highest number are.
  /// - `claims.place`: the position of the claim among all: the clocks of several gateways differ.
  /// - `member` of claims, messages and replies: the one that works on them; `handed` until it knows of them.
  /// - `sessions.member`: the one that answered in the conversation last.
  ///
  /// The index has no column that an answer changes.
  private static let severalMembers: StaticString = """
    DROP INDEX one_member;
    DELETE FROM members;
    ALTER TABLE store ADD COLUMN instance text NOT NULL DEFAULT substr(md5(random()::text), 1, 13);
    ALTER TABLE members
      ADD COLUMN lease interval NOT NULL,
      ADD COLUMN rules text NOT NULL,
      ADD COLUMN is_ready boolean NOT NULL DEFAULT false;
    CREATE FUNCTION is_over(expires_at timestamptz, lease interval) RETURNS boolean LANGUAGE sql VOLATILE AS $$
      SELECT expires_at = '-infinity'
        OR expires_at < clock_timestamp() AND clock_timestamp() > pg_postmaster_start_time() + lease
    $$;
    CREATE TABLE rules (
      fingerprint text COLLATE "C" PRIMARY KEY,
      number bigint NOT NULL,
      announced_at timestamptz NOT NULL
    );
    CREATE FUNCTION rules_in_force() RETURNS text LANGUAGE sql STABLE AS $$
      SELECT fingerprint FROM rules ORDER BY number DESC LIMIT 1
    $$;
    CREATE TABLE leases (
      session text COLLATE "C" PRIMARY KEY,
      member bigint NOT NULL
    ) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
    ALTER TABLE claims
      ADD COLUMN member bigint NOT NULL DEFAULT 0,
      ADD COLUMN handed boolean NOT NULL DEFAULT false,
      ADD COLUMN place bigint NOT NULL DEFAULT nextval('places');
    CREATE INDEX claims_handed ON claims (member) WHERE handed;
    ALTER TABLE waiting
      ADD COLUMN member bigint NOT NULL DEFAULT 0,
      ADD COLUMN handed boolean NOT NULL DEFAULT false;
    ALTER TABLE outbox
      ADD COLUMN member bigint NOT NULL DEFAULT 0,
      ADD COLUMN handed boolean NOT NULL DEFAULT false;
    ALTER TABLE sessions ADD COLUMN member bigint NOT NULL DEFAULT 0;
    UPDATE store SET version = 2, oldest = 2;
    """
}
