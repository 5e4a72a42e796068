internal import Glibc
internal import Synchronization

/// Keeps gateways apart in the folders that programs run in: an advisory lock (`flock(2)`) on the folder itself.
///
/// All programs of this process in a folder share one, and so do their supervisors, of which each holds it until the last
/// of its program's processes is gone. So what a killed gateway left running keeps its folder from the next one.
final class FolderLocks: Sendable {
  static let shared = FolderLocks()

  private struct Held {
    let descriptor: Descriptor
    var users: Int
  }

  private let held = Mutex<[String: Held]>([:])

  /// Locks a folder; waits a while where it is locked by another gateway. To be given back with `release`.
  func take(_ folder: String) async throws -> Descriptor {
    let deadline = ContinuousClock.now + Limits.folderTime
    while true {
      let result = held.withLock { held in Result { () throws(ProcessError) in try Self.lock(folder, among: &held) } }
      if let descriptor = try result.get() { return descriptor }
      guard .now < deadline else { throw ProcessError(.folderInUse, folder) }
      try await Task.sleep(for: Limits.folderPause)
    }
  }

  /// The lock of a folder; nil where another gateway has it.
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

  /// Gives back what `take` locked.
  func release(_ folder: String) {
    held.withLock { held in
      held[folder]?.users -= 1
      if held[folder]?.users == 0 { held.removeValue(forKey: folder)?.descriptor.close() }
    }
  }
}
