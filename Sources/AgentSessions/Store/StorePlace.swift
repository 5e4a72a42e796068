import Files

/// The files of an open store, by which it is noticed that somebody deleted or replaced them.
struct StorePlace: Sendable {
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
    if let now = FileIdentity(path: path), now != file { return .replaced }
    return isDataThere && FileIdentity(path: path + ".lock") == lock ? nil : .deleted
  }

  /// Whether what is in the store is where it was. What was written last is in the log alone.
  var isDataThere: Bool { FileIdentity(path: path) == file && FileIdentity(path: path + "-wal") == log }
}
