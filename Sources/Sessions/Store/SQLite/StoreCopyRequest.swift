import Core
import FoundationEssentials
import Glibc
import Logging

/// A request to the gateway that has a store open, to copy it: no other process can read it meanwhile.
///
/// It is a folder beside the store, which belongs to the gateway's user and is closed to others. The program that waits
/// for the copy holds a lock on it (`flock(2)`); a folder without is a leftover. The gateway writes the copy into it, or
/// the reason why it cannot.
package final class StoreCopyRequest: Sendable {
  /// The copy, once `wait()` has returned.
  package var copy: String { folder.path + StoreCopyFolder.copy }

  private let store: String
  private let folder: StoreCopyFolder
  private let lock: Int32

  /// Requests a copy of the store at `path`.
  ///
  /// - Throws: `StoreError` if the folder cannot be made, or another program waits for a copy.
  package init(path: String) async throws(StoreError) {
    store = path
    folder = StoreCopyFolder(of: path)
    lock = try await folder.create()
    folder.removeFiles(lock)
    var facts = stat()
    // Root may ask the gateway of another user, which sees the request from now on. A link does not choose the user.
    if geteuid() == 0, lstat(path, &facts) == 0, fchown(lock, facts.st_uid, facts.st_gid) != 0 {
      throw StoreFiles.failure(folder.path)
    }
  }

  deinit {
    folder.remove(lock)
    close(lock)
  }

  /// Waits until the copy is complete.
  ///
  /// - Throws: `StoreError` with the code `.notCopied` if the gateway cannot copy the store, or does not answer.
  package func wait() async throws(StoreError) {
    let start = ContinuousClock.now
    while !folder.has(StoreCopyFolder.copy) {
      if let reason = folder.reason { throw StoreError(.notCopied, path: store, detail: reason) }
      let limit = folder.has(StoreCopyFolder.draft) ? Limits.copyTimeMax : Limits.copyRequestTimeMax
      guard ContinuousClock.now < start + limit else {
        throw StoreError(
          .notCopied, path: store, detail: "the gateway that uses it has not answered in \(limit.compact)")
      }
      do {
        try await Task.sleep(for: .milliseconds(50))
      } catch {
        throw StoreError(.notCopied, path: store, detail: "cancelled")
      }
    }
  }
}

extension SQLiteStore {
  /// Copies the store if a program waits for a copy, and removes what a killed one has left.
  package func answerCopyRequest() {
    let folder = StoreCopyFolder(of: path)
    guard folder.isOwn, !folder.removeIfAbandoned(), !folder.isAnswered else { return }
    flush()
    do throws(StoreError) {
      try writeCopy(to: folder.path + StoreCopyFolder.draft)
      guard rename(folder.path + StoreCopyFolder.draft, folder.path + StoreCopyFolder.copy) == 0 else {
        throw StoreFiles.failure(folder.path)
      }
      logger.notice("store copied for a backup")
    } catch {
      logger.error("store not copied for a backup", metadata: ["reason": "\(error)"])
      folder.write(reason: "\(error)")
    }
  }
}

/// The folder of a request.
private struct StoreCopyFolder {
  static let copy = "/store.sqlite"
  static let draft = "/store.sqlite.new"
  private static let error = "/error"

  let path: String

  init(of store: String) { path = store + ".copy" }

  /// Makes the folder and locks it.
  func create() async throws(StoreError) -> Int32 {
    // The gateway may remove a leftover between the two.
    for _ in 0..<Limits.copyLockAttemptsMax {
      if mkdir(path, 0o700) != 0, errno != EEXIST { throw StoreFiles.failure(path) }
      if let lock = try lock() { return lock }
      try? await Task.sleep(for: .milliseconds(100))
    }
    throw StoreError(.notCopied, path: path, detail: "another backup is running")
  }

  /// Returns the descriptor of the locked folder, or `nil` if another process holds the lock, or the folder is gone.
  private func lock() throws(StoreError) -> Int32? {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw StoreFiles.failure(path)
    }
    var (opened, named) = (stat(), stat())
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0, fstat(descriptor, &opened) == 0, lstat(path, &named) == 0 {
      if opened.st_ino == named.st_ino, opened.st_dev == named.st_dev { return descriptor }
      close(descriptor)
      return nil
    }
    let failure: StoreError? = errno == EWOULDBLOCK || errno == ENOENT ? nil : StoreFiles.failure(path)
    close(descriptor)
    if let failure { throw failure }
    return nil
  }

  /// True if the folder exists, belongs to this user and is closed to others.
  var isOwn: Bool {
    var facts = stat()
    return lstat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR && facts.st_uid == geteuid()
      && facts.st_mode & 0o077 == 0
  }

  var isAnswered: Bool { has(Self.copy) || has(Self.error) }

  func has(_ file: String) -> Bool { FileIdentity(path: path + file) != nil }

  /// The reason why the gateway did not copy, on one line; `nil` if it has written none.
  var reason: String? {
    let file = open(path + Self.error, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes: [UInt8] = Array(repeating: 0, count: Limits.copyReasonBytesMax)
    let count = Glibc.read(file, &bytes, bytes.count)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).singleLine(atMost: Limits.copyReasonBytesMax)
  }

  func write(reason: String) {
    let draft = path + Self.error + ".new"
    _ = FileManager.default.createFile(atPath: draft, contents: Data(reason.utf8))
    rename(draft, path + Self.error)
  }

  /// Removes the folder if no program waits, and returns whether it has.
  func removeIfAbandoned() -> Bool {
    guard let lock = try? lock() else { return false }
    remove(lock)
    close(lock)
    return true
  }

  /// - Parameter lock: The descriptor of the folder, by which root does not follow a link that has taken its place.
  func remove(_ lock: Int32) {
    removeFiles(lock)
    rmdir(path)
  }

  /// Removes the answer last: until then, the gateway writes nothing.
  func removeFiles(_ lock: Int32) {
    for file in [Self.draft, Self.error + ".new", Self.error, Self.copy] { unlinkat(lock, String(file.dropFirst()), 0) }
  }
}
