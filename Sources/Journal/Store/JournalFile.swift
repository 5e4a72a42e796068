import GRDB
import Glibc

/// The journal's file: events with what was decided, each as its line. One process writes it while others read.
package struct JournalFile: Sendable {
  /// Where the file is.
  package let path: String
  let database: DatabaseQueue

  /// Opens the journal to write it, making the file where it is missing, readable by its owner alone.
  package init(writing path: String) throws(JournalError) {
    try Self.prepare(path)
    do {
      var configuration = Self.configuration
      configuration.journalMode = .wal
      // What is forgotten is overwritten in the file as well.
      configuration.prepareDatabase { try $0.execute(sql: "PRAGMA secure_delete = ON; PRAGMA synchronous = NORMAL") }
      database = try DatabaseQueue(path: path, configuration: configuration)
      if try database.read(Self.migrator.hasBeenSuperseded) { throw JournalError(.newer, path: path) }
      try Self.migrator.migrate(database)
    } catch {
      throw JournalError(error, path: path)
    }
    self.path = path
  }

  /// Opens the journal to read it.
  package init(reading path: String) throws(JournalError) {
    guard access(path, F_OK) == 0 else { throw JournalError(.missing, path: path) }
    do {
      var configuration = Self.configuration
      configuration.readonly = true
      database = try DatabaseQueue(path: path, configuration: configuration)
      if try database.read(Self.migrator.hasBeenSuperseded) { throw JournalError(.newer, path: path) }
    } catch {
      throw JournalError(error, path: path)
    }
    self.path = path
  }

  private static var configuration: Configuration {
    var configuration = Configuration()
    configuration.label = "edgecrab.journal"
    configuration.busyMode = .timeout(Limits.busySeconds)
    return configuration
  }

  /// SQLite gives the files beside it the same mode.
  private static func prepare(_ path: String) throws(JournalError) {
    let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0, fchmod(file, 0o600) == 0 else {
      let reason = strerror(errno).map { String(cString: $0).lowercased() } ?? ""
      if file >= 0 { Glibc.close(file) }
      throw JournalError(.noAccess, path: path, detail: reason)
    }
    Glibc.close(file)
  }

  /// A migration, once released, is never changed: the next one is added below it.
  private static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    // `at` is milliseconds since 1970 (UTC) by this machine's clock, `line` an `EventLine`.
    migrator.registerMigration("1 events") { db in
      try db.execute(
        sql: """
          CREATE TABLE events (id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, line TEXT NOT NULL) STRICT;
          CREATE INDEX events_by_age ON events (at);
          """)
    }
    // `claim` is the id under which outcomes of an event come; null if nothing happens, which is most events. `outcome` is
    // an `EventOutcome`.
    migrator.registerMigration("2 outcomes") { db in
      try db.execute(
        sql: """
          ALTER TABLE events ADD COLUMN claim TEXT;
          CREATE INDEX events_by_claim ON events (claim) WHERE claim IS NOT NULL;
          CREATE TABLE outcomes (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            event INTEGER NOT NULL REFERENCES events(id) ON DELETE CASCADE,
            at INTEGER NOT NULL,
            outcome TEXT NOT NULL
          ) STRICT;
          CREATE INDEX outcomes_of_event ON outcomes (event);
          """)
    }
    return migrator
  }
}
