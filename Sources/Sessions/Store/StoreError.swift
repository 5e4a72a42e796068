import GRDB
import PostgreSQL

/// A failure of the store, with a summary and a remedy.
package struct StoreError: Error, Sendable, Equatable {
  package enum Code: String, Sendable, CaseIterable {
    /// Another gateway has the store open.
    case inUse
    /// Another gateway, which has its store in a database, uses the folder, too.
    case folderInUse
    /// Another program held the file's lock for too long.
    case locked
    /// The folder could not be made, or the file not created or opened.
    case cannotOpen
    /// The file or its folder may not be written.
    case readOnly
    /// The disk is full.
    case full
    /// The file is not a database, or is damaged.
    case corrupt
    /// A newer edgecrab has written the file.
    case newer
    /// The disk reported an error.
    case disk
    /// The files were deleted while the store is open, and cannot be written again.
    case deleted
    /// Another file has taken the store's place.
    case replaced
    /// The gateway that has the store open does not copy it.
    case notCopied
    /// The store has been closed.
    case closed
    /// The database cannot be reached.
    case unreachable
    /// The database does not exist.
    case noDatabase
    /// The database did not accept the user.
    case notLoggedIn
    /// The database's user lacks a right.
    case notAllowed
    /// The database cannot hold a store: `detail` says why.
    case unsuitable
    /// A move into the database has begun and not ended.
    case moving
    /// The store is still in its file.
    case notMoved
    /// There is no store.
    case missing
    /// The database has data that a move would mix with its own.
    case notEmpty
    /// The database is the store of another bot.
    case otherBot
    /// Gateways use the database.
    case hasGateways
    /// Another gateway has taken over what this one had.
    case takenOver
    /// The lease could not be renewed, so that another gateway may take over.
    case leaseOver
    /// Other gateways of the store answer by other rules, which were put in force later.
    case rulesDiffer
    /// This gateway received no posts, and others of the store did.
    case notConnected
    /// Any other error of the database.
    case other
  }

  package let code: Code
  /// The file, or the address of the database, that the error is about.
  package let path: String
  /// The words of the system or of the database; never a message's text.
  package let detail: String
  /// The remedy for an error of the database, if it is one.
  private let databaseRemedy: String?

  init(_ code: Code, path: String, detail: String = "", databaseRemedy: String? = nil) {
    self.code = code
    self.path = path
    self.detail = detail
    self.databaseRemedy = databaseRemedy
  }

  init(_ code: Code, _ address: PostgresAddress, detail: String = "") {
    self.init(code, path: address.shown, detail: detail)
  }

  init(_ error: PostgresError, _ address: PostgresAddress) {
    self.init(Code(error), path: address.shown, detail: error.summary, databaseRemedy: error.remedy)
  }

  init(_ error: any Error, path: String) {
    guard let error = error as? DatabaseError else {
      self.init(.other, path: path, detail: "\(type(of: error))")
      return
    }
    self.init(Code(error.resultCode), path: path, detail: error.message ?? error.resultCode.description)
  }
}

extension StoreError {
  /// True if the disk or the database did not take a change that it may take later.
  var isRefusal: Bool { [.full, .disk, .unreachable, .leaseOver].contains(code) }
}

extension StoreError {
  /// True if a database could not be asked, or may not be changed by this gateway any more. What was not stored is still
  /// there to be read by the gateway that may.
  package var isTemporary: Bool { [.unreachable, .leaseOver, .takenOver, .rulesDiffer, .notConnected].contains(code) }

  /// True if a database, or the connection to it, failed: what was not stored can be read again when it works, by the
  /// gateway that may.
  package var leavesPostUnread: Bool { databaseRemedy != nil || isTemporary }

  /// True if a start may succeed later, without anyone changing edgecrab's settings.
  package var isOutage: Bool { isTemporary || isRefusal || code == .readOnly }
}

extension StoreError: CustomStringConvertible {
  package var description: String { "\(summary); \(remedy)" }

  /// The failure, with the file.
  package var summary: String {
    switch code {
    case .inUse: "the store `\(path)` is in use by another edgecrab gateway"
    case .folderInUse: "the folder `\(path)` is in use by another edgecrab gateway"
    case .locked: "the store `\(path)` is locked by another program"
    case .cannotOpen: "the store `\(path)` cannot be opened (\(detail))"
    case .readOnly: "the store `\(path)` cannot be written (\(detail))"
    case .full: "the disk that holds the store `\(path)` is full"
    case .corrupt: "the store `\(path)` is damaged or not a database (\(detail))"
    case .newer: "the store `\(path)` was written by a newer edgecrab"
    case .disk: "the disk reported an error on the store `\(path)` (\(detail))"
    case .deleted: "the store `\(path)` was deleted while the gateway runs and cannot be written again (\(detail))"
    case .replaced: "the store `\(path)` was replaced by another file"
    case .notCopied: "the store `\(path)` was not copied: \(detail)"
    case .closed: "the store `\(path)` is closed"
    case .unreachable: "the store `\(path)` is not available: \(detail)"
    case .noDatabase: "the store `\(path)` does not exist: \(detail)"
    case .notLoggedIn, .notAllowed: "the store `\(path)` cannot be used: \(detail)"
    case .unsuitable: "the store `\(path)` cannot be used: \(detail)"
    case .moving: "the store `\(path)` has only a part of what was being moved into it"
    case .notMoved: "the store `\(path)` is empty, and there is one with data in the file `\(detail)`"
    case .missing: "there is no store `\(path)`"
    case .notEmpty: "the store `\(path)` has data already"
    case .otherBot: "the store `\(path)` belongs to another bot"
    case .hasGateways: "the store `\(path)` is in use by the gateway `\(detail)`"
    case .takenOver: "another gateway has taken over what this one had in the store `\(path)`"
    case .leaseOver: "the lease on the store `\(path)` could not be renewed in time"
    case .rulesDiffer where detail.isEmpty: "other rules than this gateway's are in force in the store `\(path)`"
    case .rulesDiffer: "the gateway `\(detail)` answers from the store `\(path)` by other rules, which are newer"
    case .notConnected: "this gateway received no posts, and others of the store `\(path)` did"
    case .other: "the store `\(path)` failed (\(detail))"
    }
  }

  package var remedy: String {
    switch code {
    case .inUse, .folderInUse: "stop that one, or give this one its own folder with EDGECRAB_HOME"
    case .locked: "close the program that has it open (a `sqlite3` shell, a backup) and try again"
    case .cannotOpen: "check that its folder exists or can be created, or choose another with EDGECRAB_HOME"
    case .readOnly where databaseRemedy != nil:
      "name the server that takes changes in EDGECRAB_STORE, or all of them with target_session_attrs=read-write"
    case .readOnly:
      "give the gateway's user the right to write the file and its folder, or choose another folder with EDGECRAB_HOME"
    case .full: "free some space, then try again"
    case .corrupt:
      "move it away, together with the files `-wal` and `-shm` next to it, and start again: conversations start over"
    case .newer:
      "run that version, restore a backup of an older one, or choose another store with EDGECRAB_HOME or EDGECRAB_STORE"
    case .disk: "check the disk and its file system"
    case .deleted:
      "no messages are accepted until it can: make its folder writable again, and do not restart the gateway before, "
        + "or conversations and waiting messages are lost"
    case .replaced: "the gateway ends and uses that file when it is started again; the data of the old one is \(detail)"
    case .notCopied: "try again, or stop the gateway first"
    case .closed: "the gateway is shutting down"
    case .unreachable: databaseRemedy ?? "check the database"
    case .noDatabase: "create it with `createdb`, or correct EDGECRAB_STORE"
    case .notLoggedIn: databaseRemedy ?? "check the user and the password"
    case .notAllowed: "make the user the owner of the database, or grant it CREATE and USAGE on its schema"
    case .unsuitable: "use PostgreSQL 14 or newer, with a database in UTF8"
    case .moving: "run `edgecrab data move` again, which starts over"
    case .notMoved: "run `edgecrab data move`, or move the file away to start without its data"
    case .missing: "there is nothing to move; check EDGECRAB_HOME"
    case .notEmpty:
      "if an earlier move has said so, everything is there: move the old file away; else use an empty database or schema"
    case .otherBot: "give each bot a database, or a schema, of its own"
    case .hasGateways: "stop all gateways of the database first"
    case .takenOver: "this one joins again"
    case .leaseOver: "check the connection to the database; the gateway goes on when it can"
    case .rulesDiffer: "give this gateway the same rules file; it waits until then"
    case .notConnected: "check its connection to Mattermost; the others answer, and it goes on when it can"
    case .other: databaseRemedy ?? "the gateway's log says when it began"
    }
  }
}

extension StoreError.Code {
  fileprivate init(_ code: ResultCode) {
    self =
      switch code {
      case .SQLITE_BUSY, .SQLITE_LOCKED: .locked
      case .SQLITE_CANTOPEN: .cannotOpen
      case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH: .readOnly
      case .SQLITE_FULL: .full
      case .SQLITE_CORRUPT, .SQLITE_NOTADB: .corrupt
      case .SQLITE_IOERR: .disk
      default: .other
      }
  }
}

extension StoreError.Code {
  fileprivate init(_ error: PostgresError) {
    self =
      switch (error.code, error.sqlState) {
      case (_, "22012"): .takenOver
      case (_, "53100"): .full
      case (_, "58030"): .disk
      case (_, "25006"): .readOnly
      case (.noDatabase, _): .noDatabase
      case (.notAuthenticated, _): .notLoggedIn
      case (_, "42501"): .notAllowed
      case (.closed, _): .closed
      case (_, _) where error.isTransient: .unreachable
      default: .other
      }
  }
}
