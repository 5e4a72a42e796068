-- A store as edgecrab wrote it before the schema's migration 13: alice has had seven answers. ALICE stands for her ID.
BEGIN TRANSACTION;
CREATE TABLE agent_notes (
      session TEXT NOT NULL REFERENCES sessions(key) ON DELETE CASCADE,
      agent TEXT NOT NULL,
      generation INTEGER NOT NULL,
      note TEXT NOT NULL,
      PRIMARY KEY (session, agent)
    ) WITHOUT ROWID, STRICT;
CREATE TABLE beginning (
      at INTEGER NOT NULL
    ) STRICT;
INSERT INTO "beginning" VALUES(1767600000000);
CREATE TABLE claims (
      post TEXT PRIMARY KEY NOT NULL,
      claimed_at INTEGER NOT NULL,
      done INTEGER NOT NULL
    ) WITHOUT ROWID, STRICT;
CREATE TABLE costs (
      session TEXT NOT NULL REFERENCES sessions(key) ON DELETE CASCADE,
      generation INTEGER NOT NULL,
      currency TEXT NOT NULL,
      millionths INTEGER NOT NULL,
      PRIMARY KEY (session, generation, currency)
    ) WITHOUT ROWID, STRICT;
CREATE TABLE cursors (
      channel TEXT PRIMARY KEY NOT NULL,
      post TEXT NOT NULL,
      create_at INTEGER NOT NULL
    ) WITHOUT ROWID, STRICT;
CREATE TABLE exchange_posts (
      exchange INTEGER NOT NULL REFERENCES exchanges(id) ON DELETE CASCADE,
      post TEXT NOT NULL,
      root TEXT NOT NULL,
      channel TEXT NOT NULL,
      files TEXT NOT NULL,
      PRIMARY KEY (exchange, post)
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
    , files TEXT NOT NULL DEFAULT '[]', root TEXT NOT NULL DEFAULT '', more TEXT NOT NULL DEFAULT '[]', asked_at INTEGER NOT NULL DEFAULT 0, failed_at INTEGER) STRICT;
CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
INSERT INTO "grdb_migrations" VALUES('1 sessions');
INSERT INTO "grdb_migrations" VALUES('2 cursors');
INSERT INTO "grdb_migrations" VALUES('3 outbox');
INSERT INTO "grdb_migrations" VALUES('4 files');
INSERT INTO "grdb_migrations" VALUES('5 begun');
INSERT INTO "grdb_migrations" VALUES('6 threads of exchanges');
INSERT INTO "grdb_migrations" VALUES('7 notes of agents');
INSERT INTO "grdb_migrations" VALUES('8 costs');
INSERT INTO "grdb_migrations" VALUES('9 joined messages');
INSERT INTO "grdb_migrations" VALUES('10 deletions');
INSERT INTO "grdb_migrations" VALUES('11 fewer indexes');
INSERT INTO "grdb_migrations" VALUES('12 failures');
CREATE TABLE outbox (
      place INTEGER PRIMARY KEY AUTOINCREMENT,
      reply TEXT NOT NULL UNIQUE,
      message TEXT REFERENCES waiting(post) ON DELETE CASCADE,
      payload TEXT NOT NULL,
      text TEXT NOT NULL,
      is_failure INTEGER NOT NULL,
      parts INTEGER NOT NULL DEFAULT 0
    , files TEXT NOT NULL DEFAULT '[]') STRICT;
CREATE TABLE sessions (
      key TEXT PRIMARY KEY NOT NULL,
      generation INTEGER NOT NULL,
      started_at INTEGER NOT NULL,
      last_at INTEGER NOT NULL,
      turns INTEGER NOT NULL
    , cuts INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID, STRICT;
INSERT INTO "sessions" VALUES('user:ALICE',1,1767600000000,1767600000000,7,0);
CREATE TABLE threads (
      root TEXT PRIMARY KEY NOT NULL,
      last_at INTEGER NOT NULL
    ) WITHOUT ROWID, STRICT;
CREATE TABLE usage (
      session TEXT NOT NULL REFERENCES sessions(key) ON DELETE CASCADE,
      generation INTEGER NOT NULL,
      turns INTEGER NOT NULL,
      reported INTEGER NOT NULL,
      input INTEGER NOT NULL,
      output INTEGER NOT NULL,
      PRIMARY KEY (session, generation)
    ) WITHOUT ROWID, STRICT;
INSERT INTO "usage" VALUES('user:ALICE',0,7,7,1200,340);
INSERT INTO "usage" VALUES('user:ALICE',1,7,7,1200,340);
CREATE TABLE waiting (
      place INTEGER PRIMARY KEY AUTOINCREMENT,
      post TEXT NOT NULL UNIQUE,
      session TEXT NOT NULL,
      payload TEXT NOT NULL,
      at INTEGER NOT NULL
    , begun INTEGER NOT NULL DEFAULT 0, root TEXT NOT NULL DEFAULT '') STRICT;
CREATE INDEX exchanges_of_session ON exchanges (session, place);
CREATE INDEX claims_by_age ON claims (claimed_at);
CREATE INDEX outbox_of_message ON outbox (message);
CREATE INDEX exchange_posts_by_post ON exchange_posts (post);
CREATE INDEX exchange_posts_by_root ON exchange_posts (root) WHERE root <> '';
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('outbox',0);
COMMIT;
