import GRDB

/// The store's tables. A migration is never changed once it is released: the next one is added below it.
enum StoreSchema {
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1 sessions") { db in try db.execute(sql: sessions) }
    migrator.registerMigration("2 cursors") { db in try db.execute(sql: cursors) }
    migrator.registerMigration("3 outbox") { db in try db.execute(sql: outbox) }
    migrator.registerMigration("4 files") { db in try db.execute(sql: files) }
    migrator.registerMigration("5 begun") { db in try db.execute(sql: begun) }
    migrator.registerMigration("6 threads of exchanges") { db in try db.execute(sql: roots) }
    migrator.registerMigration("7 notes of agents") { db in try db.execute(sql: notes) }
    migrator.registerMigration("8 costs") { db in try db.execute(sql: costs) }
    migrator.registerMigration("9 joined messages") { db in try db.execute(sql: joinedMessages) }
    migrator.registerMigration("10 deletions") { db in try db.execute(sql: deletions) }
    migrator.registerMigration("11 fewer indexes") { db in try db.execute(sql: fewerIndexes) }
    migrator.registerMigration("12 failures") { db in try db.execute(sql: failures) }
    migrator.registerMigration("13 fewer pages") { db in try db.execute(sql: fewerPages) }
    return migrator
  }

  /// Returns true if a database has what its migrations make, and nothing else, such as triggers and views, which would
  /// change or hide what is stored.
  static func matches(_ database: DatabaseQueue) throws -> Bool {
    guard let last = try database.read(migrator.completedMigrations).last else { return false }
    let fresh = try DatabaseQueue()
    try migrator.migrate(fresh, upTo: last)
    let expected = try fresh.read(Self.objects)
    return try database.read(Self.objects) == expected
  }

  /// Returns the definitions of all tables, indexes, triggers and views, without white space, which older versions
  /// wrote differently. SQLite makes `sqlite_sequence` as needed.
  private static func objects(in db: Database) throws -> Set<String> {
    let definitions = try String.fetchAll(
      db,
      sql: """
        SELECT quote(type) || quote(name) || quote(tbl_name) || quote(sql) FROM sqlite_schema
        WHERE type <> 'table' OR name <> 'sqlite_sequence'
        """)
    return Set(definitions.map { definition in definition.filter { !$0.isWhitespace } })
  }

  /// Times are milliseconds since 1970 (UTC).
  ///
  /// - `sessions`: one row per conversation; `generation` counts how often it started.
  /// - `exchanges`: the history of the current generation, in the order of `place`, which is the message's in
  ///   `waiting`: clocks go back now and then; `answer` is null if none was delivered.
  /// - `usage`: the usage by generation; generation 0 has the sum of all.
  /// - `waiting`: messages that are not answered yet, in the order in which they came; `answer` and `parts` have moved
  ///   to `outbox`.
  /// - `claims`: the posts that were admitted, so that none is answered twice.
  /// - `threads`: the threads in which the bot has posted.
  private static let sessions = """
    CREATE TABLE sessions (
      key TEXT PRIMARY KEY NOT NULL,
      generation INTEGER NOT NULL,
      started_at INTEGER NOT NULL,
      last_at INTEGER NOT NULL,
      turns INTEGER NOT NULL
    ) WITHOUT ROWID, STRICT;
    CREATE TABLE exchanges (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      place INTEGER NOT NULL,
      session TEXT NOT NULL REFERENCES sessions(key) ON DELETE CASCADE,
      post TEXT NOT NULL,
      user TEXT NOT NULL,
      speaker TEXT NOT NULL,
      agent TEXT NOT NULL,
      message TEXT NOT NULL,
      answer TEXT,
      outcome TEXT NOT NULL,
      at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX exchanges_of_session ON exchanges (session, place);
    CREATE TABLE usage (
      session TEXT NOT NULL REFERENCES sessions(key) ON DELETE CASCADE,
      generation INTEGER NOT NULL,
      turns INTEGER NOT NULL,
      reported INTEGER NOT NULL,
      input INTEGER NOT NULL,
      output INTEGER NOT NULL,
      PRIMARY KEY (session, generation)
    ) WITHOUT ROWID, STRICT;
    CREATE TABLE waiting (
      place INTEGER PRIMARY KEY AUTOINCREMENT,
      post TEXT NOT NULL UNIQUE,
      session TEXT NOT NULL,
      payload TEXT NOT NULL,
      answer TEXT,
      parts INTEGER NOT NULL DEFAULT 0,
      at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE claims (
      post TEXT PRIMARY KEY NOT NULL,
      claimed_at INTEGER NOT NULL,
      done INTEGER NOT NULL
    ) WITHOUT ROWID, STRICT;
    CREATE INDEX claims_by_age ON claims (claimed_at);
    CREATE TABLE threads (
      root TEXT PRIMARY KEY NOT NULL,
      last_at INTEGER NOT NULL
    ) WITHOUT ROWID, STRICT;
    """

  /// - `cursors`: for each channel, the newest post up to which all were admitted; its id is empty if none is known.
  /// - `beginning`: one row, when a gateway first ran with this store.
  private static let cursors = """
    CREATE TABLE cursors (
      channel TEXT PRIMARY KEY NOT NULL,
      post TEXT NOT NULL,
      create_at INTEGER NOT NULL
    ) WITHOUT ROWID, STRICT;
    CREATE TABLE beginning (
      at INTEGER NOT NULL
    ) STRICT;
    """

  /// Replies until they are posted: `parts` is the number of their posts that are. The reply to a message of `waiting`
  /// is deleted with it; other replies have in `payload` where they go.
  private static let outbox = """
    CREATE TABLE outbox (
      place INTEGER PRIMARY KEY AUTOINCREMENT,
      reply TEXT NOT NULL UNIQUE,
      message TEXT REFERENCES waiting(post) ON DELETE CASCADE,
      payload TEXT NOT NULL,
      text TEXT NOT NULL,
      is_failure INTEGER NOT NULL,
      parts INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE INDEX outbox_of_message ON outbox (message);
    INSERT INTO outbox (reply, message, payload, text, is_failure, parts)
      SELECT post, post, '', answer, 0, parts FROM waiting WHERE answer IS NOT NULL ORDER BY place;
    ALTER TABLE waiting DROP COLUMN answer;
    ALTER TABLE waiting DROP COLUMN parts;
    """

  /// `begun` is 1 if an agent was asked that may do more than answer.
  private static let begun = "ALTER TABLE waiting ADD COLUMN begun INTEGER NOT NULL DEFAULT 0"

  /// Notes of agents for themselves in a conversation; those of an earlier generation are not read.
  private static let notes = """
    CREATE TABLE agent_notes (
      session TEXT NOT NULL REFERENCES sessions(key) ON DELETE CASCADE,
      agent TEXT NOT NULL,
      generation INTEGER NOT NULL,
      note TEXT NOT NULL,
      PRIMARY KEY (session, agent)
    ) WITHOUT ROWID, STRICT;
    """

  /// Costs in millionths of each currency, by generation as in `usage`.
  private static let costs = """
    CREATE TABLE costs (
      session TEXT NOT NULL REFERENCES sessions(key) ON DELETE CASCADE,
      generation INTEGER NOT NULL,
      currency TEXT NOT NULL,
      millionths INTEGER NOT NULL,
      PRIMARY KEY (session, generation, currency)
    ) WITHOUT ROWID, STRICT;
    """

  /// The root of the thread in which a message was written; empty in the channel itself.
  private static let roots = "ALTER TABLE exchanges ADD COLUMN root TEXT NOT NULL DEFAULT ''"

  /// Messages that joined the turn: speakers, texts and files, as JSON.
  private static let joinedMessages = "ALTER TABLE exchanges ADD COLUMN more TEXT NOT NULL DEFAULT '[]'"

  /// Finds everything that a deleted post concerns. `root` of `waiting` is the root of the message's thread, empty in
  /// the channel itself; `cuts` counts how often something was removed from within a conversation.
  ///
  /// - `exchange_posts`: the posts of which an exchange's message is made, each with the root of its thread, its
  ///   channel, which for older ones the session's key may tell, and its files as JSON: the first one, also if it was
  ///   retried since, and those that joined it.
  private static let deletions = """
    ALTER TABLE waiting ADD COLUMN root TEXT NOT NULL DEFAULT '';
    ALTER TABLE sessions ADD COLUMN cuts INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE exchange_posts (
      exchange INTEGER NOT NULL REFERENCES exchanges(id) ON DELETE CASCADE,
      post TEXT NOT NULL,
      root TEXT NOT NULL,
      channel TEXT NOT NULL,
      files TEXT NOT NULL,
      PRIMARY KEY (exchange, post)
    ) WITHOUT ROWID, STRICT;
    CREATE INDEX exchange_posts_by_post ON exchange_posts (post);
    CREATE INDEX exchange_posts_by_root ON exchange_posts (root);
    CREATE INDEX exchanges_by_post ON exchanges (post);
    INSERT INTO exchange_posts (exchange, post, root, channel, files)
      SELECT id, substr(post, 1, instr(post || '@', '@') - 1), root,
        CASE
          WHEN session LIKE 'channel:%' THEN substr(session, 9)
          WHEN session LIKE 'member:%' THEN substr(session, 8, instr(substr(session, 8), ':') - 1)
          ELSE ''
        END, files
      FROM exchanges;
    """

  /// Drops an index and makes another smaller: each page of one that an exchange changes is written with its answer.
  private static let fewerIndexes = """
    DROP INDEX exchanges_by_post;
    DROP INDEX exchange_posts_by_root;
    CREATE INDEX exchange_posts_by_root ON exchange_posts (root) WHERE root <> '';
    """

  /// `asked_at` is when a message was written, 0 in older rows; `failed_at` when its asker was told that it was not
  /// answered, null if it was answered since.
  private static let failures = """
    ALTER TABLE exchanges ADD COLUMN asked_at INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE exchanges ADD COLUMN failed_at INTEGER;
    """

  /// Each message and its answer changed a dozen pages more: those of indexes, and the one in which SQLite counts the
  /// rows that a table ever had. `id` and `place` come from `SQLiteStore.nextPlace()` now. A reply to a message has the
  /// message's claim as its id; that its `message` is not null only tells it from other replies.
  private static let fewerPages = """
    DROP INDEX claims_by_age;
    CREATE TABLE new_waiting (
      post TEXT PRIMARY KEY NOT NULL,
      place INTEGER NOT NULL,
      session TEXT NOT NULL,
      payload TEXT NOT NULL,
      root TEXT NOT NULL,
      begun INTEGER NOT NULL DEFAULT 0,
      at INTEGER NOT NULL
    ) WITHOUT ROWID, STRICT;
    INSERT INTO new_waiting (post, place, session, payload, root, begun, at)
      SELECT post, place, session, payload, root, begun, at FROM waiting;
    CREATE TABLE new_outbox (
      reply TEXT PRIMARY KEY NOT NULL,
      place INTEGER NOT NULL,
      message TEXT,
      payload TEXT NOT NULL,
      text TEXT NOT NULL,
      files TEXT NOT NULL,
      is_failure INTEGER NOT NULL,
      parts INTEGER NOT NULL DEFAULT 0
    ) WITHOUT ROWID, STRICT;
    INSERT INTO new_outbox (reply, place, message, payload, text, files, is_failure, parts)
      SELECT reply, place, message, payload, text, files, is_failure, parts FROM outbox;
    CREATE TABLE new_exchanges (
      id INTEGER PRIMARY KEY,
      place INTEGER NOT NULL,
      session TEXT NOT NULL REFERENCES sessions(key) ON DELETE CASCADE,
      post TEXT NOT NULL,
      root TEXT NOT NULL,
      user TEXT NOT NULL,
      speaker TEXT NOT NULL,
      agent TEXT NOT NULL,
      message TEXT NOT NULL,
      files TEXT NOT NULL,
      more TEXT NOT NULL,
      answer TEXT,
      outcome TEXT NOT NULL,
      at INTEGER NOT NULL,
      asked_at INTEGER NOT NULL,
      failed_at INTEGER
    ) STRICT;
    INSERT INTO new_exchanges
      (id, place, session, post, root, user, speaker, agent, message, files, more, answer, outcome, at, asked_at, failed_at)
      SELECT
        id, place, session, post, root, user, speaker, agent, message, files, more, answer, outcome, at, asked_at, failed_at
      FROM exchanges;
    DROP TABLE outbox;
    DROP TABLE waiting;
    DROP TABLE exchanges;
    ALTER TABLE new_waiting RENAME TO waiting;
    ALTER TABLE new_outbox RENAME TO outbox;
    ALTER TABLE new_exchanges RENAME TO exchanges;
    CREATE INDEX exchanges_of_session ON exchanges (session, place);
    """

  /// The files of a message, and those of an answer, as JSON.
  private static let files = """
    ALTER TABLE exchanges ADD COLUMN files TEXT NOT NULL DEFAULT '[]';
    ALTER TABLE outbox ADD COLUMN files TEXT NOT NULL DEFAULT '[]';
    """
}
