import Files
import Glibc

/// The right to be the only gateway on a store, for as long as the object lives: an advisory lock (`flock(2)`) on a
/// file beside the store, which the kernel releases even when the process is killed.
final class StoreLock: Sendable {
  private let file: Int32
  private let identity: FileIdentity?

  /// Takes the lock of the store at `path`, or throws `.inUse` at once.
  init(path: String) throws(StoreError) {
    let file = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw StoreFiles.failure(path + ".lock") }
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
      let failure = errno == EWOULDBLOCK ? StoreError(.inUse, path: path) : StoreFiles.failure(path + ".lock")
      close(file)
      throw failure
    }
    self.file = file
    identity = FileIdentity(path: path + ".lock")
  }

  /// Takes the lock of the store at `path` once more if its file was deleted, or returns `held`, which is still good.
  static func again(_ held: StoreLock?, path: String) throws(StoreError) -> StoreLock {
    if let held, held.identity != nil, FileIdentity(path: path + ".lock") == held.identity { return held }
    return try StoreLock(path: path)
  }

  deinit { close(file) }
}
