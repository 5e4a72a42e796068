package import Core
import Glibc
package import Journal
package import Sessions

/// The reason why there is no backup, or why it was not restored.
package enum BackupError: Error, Sendable, Equatable {
  /// The file for the backup exists already.
  case exists(String)
  /// There is no store in the folder.
  case nothingToSave(String)
  /// A file cannot be written. Nothing is left of it.
  case notWritten(String, SystemError)
  /// The file for the backup would be on a file system without hard links. Nothing is left of it.
  case noHardLinks(String)
  /// A file of a restore cannot be written. Nothing was changed.
  case notRestored(String, SystemError)
  /// A file is too large for an archive.
  case tooLarge(String)
  /// A file cannot be read, with the system's reason.
  case notRead(String, String)
  /// The file is not a backup, or damaged.
  case notABackup(String, String)
  /// A newer version made the backup.
  case newer(String)
  /// The folder contains such files already.
  case occupied(String, file: String)
  /// Root would restore into a folder that another user owns, and may change meanwhile.
  case ownedByOther(String, user: String)
  /// A gateway uses the folder to restore into.
  case inUse(String)
  /// A restore failed, and what it had changed could not be undone. The files before are in a folder, if there were
  /// any.
  case halfRestored(String, before: String?)
  case store(StoreError)
  case journal(JournalError)
}

extension BackupError: CustomStringConvertible {
  /// The problem and the remedy.
  package var description: String {
    switch self {
    case .exists(let file): "`\(file)` exists already; choose another name"
    case .nothingToSave(let folder):
      "there is no store in `\(folder)`; set EDGECRAB_HOME to the folder of the gateway to back up"
    case .notWritten(let file, let error) where error.isFull:
      "there is no room for the backup `\(file)`, which needs twice the size of the store while it is written; free some "
        + "space, or choose another folder"
    case .notWritten(let file, let error):
      "`\(file)` cannot be written (\(error.text)), and nothing is left of it; choose another folder"
    case .noHardLinks(let file):
      "`\(file)` cannot be written (its file system has no hard links), and nothing is left of it; choose another folder"
    case .notRestored(let file, let error):
      "`\(file)` cannot be written (\(error.text)), and nothing was changed; "
        + (error.isFull ? "free some space" : "remove the cause") + ", then restore again"
    case .tooLarge(let file):
      "`\(file)` is larger than the 8 GiB that a backup takes of a file; stop the gateway and copy its folder instead"
    case .notRead(let file, let reason):
      "`\(file)` cannot be read (\(reason)); check its path and permissions"
    case .notABackup(let file, let reason):
      "`\(file)` is not a backup of edgecrab, or damaged (\(reason)); nothing was changed; try another copy of it"
    case .newer(let file):
      "`\(file)` was made by a newer edgecrab; nothing was changed; restore it with that version or a newer one"
    case .occupied(let folder, let file):
      "`\(folder)` has a `\(file)` already; restore into an empty folder, or move its files aside with --replace"
    case .ownedByOther(let folder, let user):
      "`\(folder)` belongs to another user, and nothing was changed; copy the backup to where that user can read it, "
        + "and restore it with `sudo -u \(user) EDGECRAB_HOME=\(folder) edgecrab data restore FILE`"
    case .inUse(let folder):
      "a gateway uses `\(folder)`, and nothing was changed; stop it, then restore again"
    case .halfRestored(let folder, let before):
      "the restore into `\(folder)` failed halfway and could not be undone; do not start the gateway before you have "
        + (before.map { "moved the files in `\($0)` back" } ?? "removed the files of the backup")
    case .store(let error): "\(error)"
    case .journal(let error): "\(error)"
    }
  }
}

extension SystemError {
  /// True if the disk is full, or the user's part of it.
  fileprivate var isFull: Bool { number == ENOSPC || number == EDQUOT }
}
