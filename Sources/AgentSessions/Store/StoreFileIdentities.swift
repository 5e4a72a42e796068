import Files

/// The files of an open store, by which it is noticed that somebody deleted or replaced them.
struct StoreFileIdentities: Sendable {
  /// What has become of the files.
  enum Change: Equatable {
    /// At least one is not there any more.
    case deleted
    /// The store's path leads to another file.
    case replaced
  }

  private let path: String
  private let file: FileIdentity?
  private let log: FileIdentity?
  private let lock: FileIdentity?

  /// Remembers the files of the store at `path`, which is open.
  init(path: String) {
    self.path = path
    file = FileIdentity(path: path)
    log = FileIdentity(path: path + "-wal")
    lock = FileIdentity(path: path + ".lock")
  }

  /// How the files differ from what they were, or `nil` if they are the same.
  var change: Change? {
    let now = FileIdentity(path: path)
    if let now, now != file { return .replaced }
    return now != nil && isLogThere && FileIdentity(path: path + ".lock") == lock ? nil : .deleted
  }

  /// Whether what is in the store is where it was.
  var isDataThere: Bool { FileIdentity(path: path) == file && isLogThere }

  /// Whether what was written last, which may be in the log alone, is where it was.
  private var isLogThere: Bool { FileIdentity(path: path + "-wal") == log }
}
