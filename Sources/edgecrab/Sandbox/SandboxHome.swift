import FoundationEssentials

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A temporary folder for the store and the journal of a gateway on a sandbox.
///
/// edgecrab's own folder is not used: messages waiting there are for a real server's channels, which a sandbox does not
/// have, and would be discarded as undeliverable.
///
/// The process holds a lock on the folder (`flock(2)`), which the kernel releases even if the process is killed. Each
/// run removes the unlocked folders of earlier ones.
struct SandboxHome {
  let path: String
  private let lock: Int32

  private static let prefix = "edgecrab-sandbox-"

  /// Another run can remove a folder between its creation and its lock. This many times in a row, there is another
  /// cause.
  private static let attemptsMax = 10

  init() throws {
    Self.removeAbandoned()
    for _ in 0..<Self.attemptsMax {
      let path = "\(Self.parent)/\(Self.prefix)\(UUID().uuidString.prefix(8))"
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
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

  /// Locks a folder and returns its descriptor, or `nil` if another process holds the lock or the path is not a folder
  /// of this user. Symbolic links are not followed.
  private static func lock(_ path: String) -> Int32? {
    let folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard folder >= 0 else { return nil }
    var (opened, named) = (stat(), stat())
    if fstat(folder, &opened) == 0, opened.st_uid == geteuid(), flock(folder, LOCK_EX | LOCK_NB) == 0,
      // It may have been removed before it was locked.
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
      Output.message("the folder \(path) could not be removed: \(error)")
    }
  }
}

/// No folder for a sandbox could be locked.
private struct SandboxHomeError: Error, CustomStringConvertible {
  let parent: String

  var description: String {
    "a sandbox needs a folder that it can lock, and none in \(parent) can be; "
      + "set TMPDIR to a folder on another file system"
  }
}
