@preconcurrency import Dispatch
import Glibc

/// Word from the kernel that something happened in a folder (inotify(7)): not what, only that it is time to look.
final class InotifyWatcher {
  private let descriptor: Int32
  private let source: any DispatchSourceRead
  private var watches: [String: Int32] = [:]

  /// Whoever writes a file anew, renames one into its place, leads a link elsewhere or takes one away.
  private static let events = UInt32(
    IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF)

  /// - Parameter notice: is called from a thread of its own.
  init(_ notice: @escaping @Sendable () -> Void) throws(FileWatcherError) {
    let descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
    guard descriptor >= 0 else { throw FileWatcherError(errno) }
    self.descriptor = descriptor
    source = DispatchSource.makeReadSource(fileDescriptor: descriptor)
    source.setEventHandler {
      // Many notices at once are one reason to look.
      var bytes: [UInt8] = Array(repeating: 0, count: 4_096)
      while read(descriptor, &bytes, bytes.count) > 0 {}
      notice()
    }
    source.setCancelHandler { close(descriptor) }
    source.resume()
  }

  deinit { source.cancel() }

  /// Watches these folders and no others. A folder that was made anew is watched anew.
  func watch(_ folders: Set<String>) throws(FileWatcherError) {
    for (folder, watch) in watches where !folders.contains(folder) {
      inotify_rm_watch(descriptor, watch)
      watches[folder] = nil
    }
    for folder in folders {
      let watch = inotify_add_watch(descriptor, folder, Self.events)
      guard watch >= 0 else { throw FileWatcherError(errno) }
      // Another folder may have taken the name of the one that was watched.
      if let old = watches.updateValue(watch, forKey: folder), !watches.values.contains(old) {
        inotify_rm_watch(descriptor, old)
      }
    }
  }
}

/// Why the kernel does not tell of changes.
package struct FileWatcherError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The system's reason.
  package let description: String
  /// Whether there is no folder yet, which is watched once there is.
  package let isFolderMissing: Bool

  init(_ code: Int32) {
    isFolderMissing = code == ENOENT
    description = String(cString: strerror(code)).lowercased()
  }
}
