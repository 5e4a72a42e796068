import Core
import Glibc

/// The store's folder and file, made so that only their owner can read what people wrote.
package enum StoreFiles {
  /// Makes the folder (0700) and the file (0600) if they are missing; an existing file's mode is narrowed. SQLite gives
  /// the `-wal` and `-shm` files beside it the same mode.
  static func prepare(_ path: String) throws(StoreError) {
    try makeFolder(of: path)
    let file = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw failure(path) }
    defer { close(file) }
    var facts = stat()
    guard fstat(file, &facts) == 0 else { throw failure(path) }
    guard facts.st_mode & S_IFMT == S_IFREG else {
      throw StoreError(.cannotOpen, path: path, detail: "not a regular file")
    }
    if facts.st_mode & 0o077 != 0, fchmod(file, 0o600) != 0 { throw failure(path) }
  }

  /// Opens the file of a lock, which is made if it is missing. Root may do so in the folder of another user, who could
  /// have put a link there: none is followed, and only a new file changes its owner.
  static func openLock(_ path: String) throws(StoreError) -> Int32 {
    let flags = O_RDWR | O_NOFOLLOW | O_CLOEXEC
    let new = open(path, flags | O_CREAT | O_EXCL, 0o600)
    if new >= 0 {
      giveToFolderOwner(new, path)
      return new
    }
    guard errno == EEXIST else { throw failure(path) }
    let file = open(path, flags)
    guard file >= 0 else { throw failure(path) }
    return file
  }

  /// Gives a file that root has just made to the owner of the folder, who has to open it, too.
  private static func giveToFolderOwner(_ file: Int32, _ path: String) {
    guard geteuid() == 0 else { return }
    let folder = path.lastIndex(of: "/").map { path[...$0] } ?? "."
    var (made, owner) = (stat(), stat())
    guard fstat(file, &made) == 0, made.st_mode & S_IFMT == S_IFREG, made.st_nlink == 1,
      stat(String(folder), &owner) == 0
    else { return }
    fchown(file, owner.st_uid, owner.st_gid)
  }

  /// Returns the error of the last failed system call.
  static func failure(_ path: String) -> StoreError {
    let error = SystemError()
    let code: StoreError.Code =
      switch error.number {
      case EACCES, EPERM, EROFS: .readOnly
      case ENOSPC, EDQUOT: .full
      case EIO: .disk
      default: .cannotOpen
      }
    return StoreError(code, path: path, detail: error.text)
  }

  /// Makes the folder of a file (0700), and those above it, if they are missing.
  package static func makeFolder(of path: String) throws(StoreError) {
    var index = path.startIndex
    while let slash = path[index...].firstIndex(of: "/") {
      index = path.index(after: slash)
      let folder = String(path[..<slash])
      if folder.isEmpty || access(folder, F_OK) == 0 { continue }
      guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw failure(path) }
    }
  }
}

/// The right to be the only gateway on a store, as long as the object exists: an advisory lock (`flock(2)`) on a file
/// beside the store, which the kernel releases even if the process is killed. If the store is in a database, it is the right to be the only
/// one in a folder.
package final class StoreLock: Sendable {
  private let file: Int32
  private let identity: FileIdentity?

  /// Locks the store at `path`, or throws `.inUse` at once.
  init(path: String) throws(StoreError) {
    let file = try StoreFiles.openLock(path + ".lock")
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
      let failure = errno == EWOULDBLOCK ? StoreError(.inUse, path: path) : StoreFiles.failure(path + ".lock")
      close(file)
      throw failure
    }
    self.file = file
    identity = FileIdentity(path: path + ".lock")
  }

  /// Locks a gateway's folder, which is made if it is missing (0700), or throws `.folderInUse` at once.
  package convenience init(folder: String) throws(StoreError) {
    // The lock of the store that would be there, so that a gateway with one is kept out, too.
    let file = StoreLocation.file(in: folder)
    try StoreFiles.makeFolder(of: file)
    do throws(StoreError) {
      try self.init(path: file)
    } catch {
      throw error.code == .inUse ? StoreError(.folderInUse, path: folder) : error
    }
  }

  /// Locks the store at `path` once more if the lock's file was deleted, or returns `held`, which is still good.
  static func again(_ held: StoreLock?, path: String) throws(StoreError) -> StoreLock {
    if let held, held.identity != nil, FileIdentity(path: path + ".lock") == held.identity { return held }
    return try StoreLock(path: path)
  }

  deinit { close(file) }
}

/// The identities of an open store's files, which show that they were deleted or replaced.
struct StoreFileIdentities: Sendable {
  enum Change: Equatable {
    /// At least one file does not exist any more.
    case deleted
    /// The store's path leads to another file.
    case replaced
  }

  private let path: String
  private let file: FileIdentity?
  private let log: FileIdentity?
  private let lock: FileIdentity?

  /// Reads the identities of the files of the store at `path`, which is open.
  init(path: String) {
    self.path = path
    file = FileIdentity(path: path)
    log = FileIdentity(path: path + "-wal")
    lock = FileIdentity(path: path + ".lock")
  }

  /// The change of the files, or `nil` if they are the same.
  var change: Change? {
    let now = FileIdentity(path: path)
    if let now, now != file { return .replaced }
    return now != nil && isLogIntact && FileIdentity(path: path + ".lock") == lock ? nil : .deleted
  }

  /// True if the data is where it was.
  var isDataIntact: Bool { FileIdentity(path: path) == file && isLogIntact }

  /// True if the log is where it was; the latest changes may be in it alone.
  private var isLogIntact: Bool { FileIdentity(path: path + "-wal") == log }
}
