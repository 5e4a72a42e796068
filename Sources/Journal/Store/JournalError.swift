import GRDB

/// Why the journal cannot be written or read. `description` says what happened, where, and what to do.
package struct JournalError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What went wrong.
  package enum Code: Sendable, Equatable {
    /// There is none yet.
    case missing
    /// The file could not be made, opened or written.
    case noAccess
    /// The file is not a journal, or damaged.
    case corrupt
    /// A newer edgecrab has written it.
    case newer
    /// The disk is full.
    case full
    /// Anything else that SQLite or the system reports.
    case other
  }

  /// What went wrong.
  package let code: Code
  /// The file it concerns.
  package let path: String
  /// What the system or SQLite said; never anything of a message.
  package let detail: String

  init(_ code: Code, path: String, detail: String = "") {
    self.code = code
    self.path = path
    self.detail = detail
  }

  init(_ error: any Error, path: String) {
    guard let error = error as? DatabaseError else {
      self = error as? JournalError ?? JournalError(.other, path: path, detail: "\(type(of: error))")
      return
    }
    let code: Code =
      switch error.resultCode {
      case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH: .noAccess
      case .SQLITE_CORRUPT, .SQLITE_NOTADB: .corrupt
      case .SQLITE_FULL: .full
      default: .other
      }
    self.init(code, path: path, detail: error.message ?? error.resultCode.description)
  }
}
