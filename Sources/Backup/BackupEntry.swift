/// A file in a backup, named as in edgecrab's folder. The order is that of the archive.
enum BackupEntry: String, CaseIterable {
  /// The format, the time and the program's version.
  case description = "edgecrab-backup.json"
  case names = "names.json"
  case journal = "journal.sqlite"
  /// Last: once it is in its place, a restore is complete.
  case store = "edgecrab.sqlite"

  /// The files that belong to it in the folder: SQLite has up to three.
  var files: [String] {
    switch self {
    case .description: []
    case .names: [rawValue]
    case .journal, .store: ["", "-wal", "-shm"].map { rawValue + $0 }
    }
  }
}
