import GRDB

/// The reason why the journal cannot be written or read.
package struct JournalError: Error, Sendable, Equatable {
  package enum Code: Sendable, Equatable {
    /// There is no journal yet.
    case missing
    /// The file cannot be created, opened or written.
    case noAccess
    /// The file is not a journal, or damaged.
    case corrupt
    /// A newer version of edgecrab wrote it.
    case newer
    /// The disk is full.
    case full
    /// Anything else that SQLite or the system reports.
    case other
  }

  package let code: Code
  /// The file of the journal.
  package let path: String
  /// The message of the system or of SQLite; it contains nothing of people's messages.
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

extension JournalError: CustomStringConvertible {
  /// The failure and the remedy.
  package var description: String {
    switch code {
    case .missing: "there is no journal `\(path)` yet; a running gateway writes one"
    case .noAccess:
      "the journal `\(path)` cannot be opened or written (\(detail)); check the permissions of the file and its folder"
    case .corrupt:
      "the journal `\(path)` is damaged or not a database (\(detail)); move it to another folder, together with its `-wal` and `-shm` files"
    case .newer:
      "the journal `\(path)` was written by a newer edgecrab; run that version, or move the file to another folder"
    case .full: "the disk of the journal `\(path)` is full; free some space"
    case .other: "the journal `\(path)` failed (\(detail))"
    }
  }
}
