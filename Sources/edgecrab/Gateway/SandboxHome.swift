import FoundationEssentials

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The folder of the store for a run on the sandbox, which ends with the run as the sandbox's world does.
///
/// Never edgecrab's own folder: what waits there is for a real server's channels, which a sandbox does not know, and
/// would be given up as never to be answered.
///
/// Its process holds a lock on it (`flock(2)`), which the kernel releases even when the process is killed: the next run
/// removes folders that nobody holds.
struct SandboxHome {
  let path: String
  private let lock: Int32

  private static let prefix = "edgecrab-sandbox-"

  /// Another run takes a folder away at most between two calls: so often in a row, it is none that does.
  private static let triesMax = 10

  init() throws {
    Self.removeAbandoned()
    for _ in 0..<Self.triesMax {
      let path = "\(Self.parent)/\(Self.prefix)\(UUID().uuidString.prefix(8))"
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      // Between the two calls, another run may have taken it for abandoned.
      if let lock = Self.lock(path) {
        self.path = path
        self.lock = lock
        return
      }
    }
    throw SandboxHomeError(parent: Self.parent)
  }

  func remove() {
    Self.remove(path)
    close(lock)
  }

  private static var parent: String { FileManager.default.temporaryDirectory.path }

  /// Removes the folders of this user's runs that were killed.
  private static func removeAbandoned() {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
    for name in names where name.hasPrefix(prefix) {
      let path = "\(parent)/\(name)"
      guard let lock = lock(path) else { continue }
      remove(path)
      close(lock)
    }
  }

  /// A descriptor of the folder with the lock on it, or `nil` if another process has it, or if it is no folder of this
  /// user's: a link is not followed.
  private static func lock(_ path: String) -> Int32? {
    let folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard folder >= 0 else { return nil }
    var (opened, named) = (stat(), stat())
    if fstat(folder, &opened) == 0, opened.st_uid == geteuid(), flock(folder, LOCK_EX | LOCK_NB) == 0,
      // Still there under its name, now that it is locked.
      lstat(path, &named) == 0, named.st_ino == opened.st_ino, named.st_dev == opened.st_dev
    {
      return folder
    }
    close(folder)
    return nil
  }

  private static func remove(_ path: String) {
    do {
      try FileManager.default.removeItem(atPath: path)
    } catch {
      Output.notice("edgecrab: the folder \(path) could not be removed: \(error)")
    }
  }
}

/// No folder for a sandbox can be locked.
private struct SandboxHomeError: Error, CustomStringConvertible {
  let parent: String

  /// What happened, and what to do.
  var description: String {
    "no folder in \(parent) can be locked, which a sandbox needs; set TMPDIR to a folder on another file system"
  }
}
