internal import Core
internal import Glibc
internal import Synchronization

/// Locks the folders in which programs run, so that two gateways never use the same one: advisory locks (`flock(2)`) on
/// the folders.
///
/// All programs of this process in a folder share a lock with their supervisors. A supervisor holds it until the last
/// process of its program is gone, so processes that a killed gateway has left running keep the next gateway out.
final class FolderLocks: Sendable {
  static let shared = FolderLocks()

  private struct Held {
    let descriptor: Descriptor
    var users: Int
  }

  private let held = Mutex<[String: Held]>([:])

  /// Locks a folder, and waits up to `Limits.folderTime` if another gateway has locked it. Call `release` afterwards.
  func acquire(_ folder: String) async throws -> Descriptor {
    let deadline = ContinuousClock.now + Limits.folderTime
    while true {
      let result = held.withLock { held in Result { () throws(ProcessError) in try Self.lock(folder, among: &held) } }
      if let descriptor = try result.get() { return descriptor }
      guard .now < deadline else { throw ProcessError(.folderInUse, folder) }
      try await Task.sleep(for: Limits.folderPause)
    }
  }

  /// Returns the lock of a folder, or `nil` if another gateway has it.
  private static func lock(_ folder: String, among held: inout [String: Held]) throws(ProcessError) -> Descriptor? {
    if let known = held[folder]?.descriptor {
      held[folder]?.users += 1
      return known
    }
    let opened: Descriptor
    do throws(SystemError) {
      opened = try Descriptor(open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
    } catch {
      throw ProcessError(opening: folder, error)
    }
    guard flock(opened.number, LOCK_EX | LOCK_NB) == 0 else {
      let error = SystemError()
      if error.number == EWOULDBLOCK || error.number == EINTR { return nil }
      throw ProcessError(.noLock, folder, detail: error.text)
    }
    held[folder] = Held(descriptor: opened, users: 1)
    return opened
  }

  /// Releases the lock of `acquire`.
  func release(_ folder: String) {
    held.withLock { held in
      held[folder]?.users -= 1
      if held[folder]?.users == 0 { held.removeValue(forKey: folder)?.descriptor.close() }
    }
  }
}
