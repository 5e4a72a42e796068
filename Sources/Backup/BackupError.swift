package import Journal
package import Sessions

/// The reason why there is no backup, or why it was not restored.
package enum BackupError: Error, Sendable, Equatable {
  /// The file for the backup exists already.
  case exists(String)
  /// There is no store in the folder.
  case nothingToSave(String)
  /// A file cannot be written, with the system's reason. Nothing is left of it.
  case notWritten(String, String)
  /// A file cannot be read, with the system's reason.
  case notRead(String, String)
  /// The file is not a backup, or damaged.
  case notABackup(String, String)
  /// A newer version made the backup.
  case newer(String)
  /// The folder contains such files already.
  case occupied(String, file: String)
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
    case .notWritten(let file, let reason):
      "`\(file)` cannot be written (\(reason)), and nothing is left of it; free some space, or choose another folder"
    case .notRead(let file, let reason):
      "`\(file)` cannot be read (\(reason)); check its path and permissions"
    case .notABackup(let file, let reason):
      "`\(file)` is not a backup of edgecrab, or damaged (\(reason)); nothing was changed; try another copy of it"
    case .newer(let file):
      "`\(file)` was made by a newer edgecrab; nothing was changed; restore it with that version or a newer one"
    case .occupied(let folder, let file):
      "`\(folder)` has a `\(file)` already; restore into an empty folder, or move its files aside with --replace"
    case .store(let error): "\(error)"
    case .journal(let error): "\(error)"
    }
  }
}
