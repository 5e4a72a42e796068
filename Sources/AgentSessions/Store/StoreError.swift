import GRDB

/// Why the store could not do something. `description` says what happened, where, and what to do.
package struct StoreError: Error, Sendable, Equatable {
  /// What went wrong.
  package enum Code: String, Sendable, CaseIterable {
    /// Another gateway has the store open.
    case inUse
    /// Another program kept the file locked for too long.
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
    /// Another file lies in the store's place.
    case replaced
    /// The store has been closed.
    case closed
    /// Anything else that SQLite reports.
    case other
  }

  /// What went wrong.
  package let code: Code
  /// The file it concerns.
  package let path: String
  /// What the system or SQLite said; never a message's text.
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

extension StoreError.Code {
  init(_ code: ResultCode) {
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
