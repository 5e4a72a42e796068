import GRDB

/// A failure of the store, with a summary and a remedy.
package struct StoreError: Error, Sendable, Equatable {
  package enum Code: String, Sendable, CaseIterable {
    /// Another gateway has the store open.
    case inUse
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
    /// Any other error of SQLite.
    case other
  }

  package let code: Code
  /// The file that the error is about.
  package let path: String
  /// The words of the system or of SQLite; never a message's text.
  package let detail: String

  init(_ code: Code, path: String, detail: String = "") {
    self.code = code
    self.path = path
    self.detail = detail
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
  /// True if the disk did not take a change that it may take later.
  var isRefusal: Bool { code == .full || code == .disk }
}

extension StoreError: CustomStringConvertible {
  package var description: String { "\(summary); \(remedy)" }

  /// The failure, with the file.
  package var summary: String {
    switch code {
    case .inUse: "the store `\(path)` is in use by another edgecrab gateway"
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
    case .other: "the store `\(path)` failed (\(detail))"
    }
  }

  package var remedy: String {
    switch code {
    case .inUse: "stop that one, or give this one its own folder with EDGECRAB_HOME"
    case .locked: "close the program that has it open (a `sqlite3` shell, a backup) and try again"
    case .cannotOpen: "check that its folder exists or can be created, or choose another with EDGECRAB_HOME"
    case .readOnly:
      "give the gateway's user the right to write the file and its folder, or choose another folder with EDGECRAB_HOME"
    case .full: "free some space, then try again"
    case .corrupt:
      "move it away, together with the files `-wal` and `-shm` next to it, and start again: conversations start over"
    case .newer: "run that version, restore a backup of an older one, or choose another folder with EDGECRAB_HOME"
    case .disk: "check the disk and its file system"
    case .deleted:
      "no messages are accepted until it can: make its folder writable again, and do not restart the gateway before, "
        + "or conversations and waiting messages are lost"
    case .replaced: "the gateway ends and uses that file when it is started again; the data of the old one is \(detail)"
    case .notCopied: "try again, or stop the gateway first"
    case .closed: "the gateway is shutting down"
    case .other: "the gateway's log says when it began"
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
