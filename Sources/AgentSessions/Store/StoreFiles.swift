import Glibc

/// The store's folder and file, made so that only their owner can read what people wrote.
enum StoreFiles {
  /// Makes the folder (0700) where it is missing and the file (0600) where it is; an existing file's mode is narrowed.
  /// SQLite gives the `-wal` and `-shm` files beside it the same mode.
  static func prepare(_ path: String) throws(StoreError) {
    try makeFolder(of: path)
    let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw failure(path) }
    defer { close(file) }
    var facts = stat()
    guard fstat(file, &facts) == 0 else { throw failure(path) }
    guard facts.st_mode & S_IFMT == S_IFREG else {
      throw StoreError(.cannotOpen, path: path, detail: "not a regular file")
    }
    if facts.st_mode & 0o077 != 0, fchmod(file, 0o600) != 0 { throw failure(path) }
  }

  /// What the last failed call says, as an error about `path`.
  static func failure(_ path: String) -> StoreError {
    let number = errno
    let code: StoreError.Code =
      switch number {
      case EACCES, EPERM, EROFS: .readOnly
      case ENOSPC, EDQUOT: .full
      case EIO: .disk
      default: .cannotOpen
      }
    return StoreError(code, path: path, detail: String(cString: strerror(number)).lowercased())
  }

  /// Makes the folder of a file (0700), and those above it, if they are missing.
  static func makeFolder(of path: String) throws(StoreError) {
    var place = path.startIndex
    while let slash = path[place...].firstIndex(of: "/") {
      place = path.index(after: slash)
      let folder = String(path[..<slash])
      if folder.isEmpty || access(folder, F_OK) == 0 { continue }
      guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw failure(path) }
    }
  }
}
