import Core
@preconcurrency import Dispatch
import Glibc

/// Notifies of changes in folders (inotify(7)), without their details.
final class InotifyWatcher {
  private let descriptor: Int32
  private let source: any DispatchSourceRead
  private var watches: [String: Int32] = [:]

  private static let events = UInt32(
    IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF)

  /// - Parameter notify: called from a thread of its own.
  init(_ notify: @escaping @Sendable () -> Void) throws(FileWatcherError) {
    let descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
    guard descriptor >= 0 else { throw FileWatcherError(SystemError()) }
    self.descriptor = descriptor
    source = DispatchSource.makeReadSource(fileDescriptor: descriptor)
    source.setEventHandler {
      // All pending notifications become one call.
      var bytes: [UInt8] = Array(repeating: 0, count: 4_096)
      while read(descriptor, &bytes, bytes.count) > 0 {}
      notify()
    }
    source.setCancelHandler { close(descriptor) }
    source.resume()
  }

  deinit { source.cancel() }

  /// Watches these folders and no others. A folder that was created again is watched again.
  func watch(_ folders: Set<String>) throws(FileWatcherError) {
    for (folder, watch) in watches where !folders.contains(folder) {
      inotify_rm_watch(descriptor, watch)
      watches[folder] = nil
    }
    for folder in folders {
      let watch = inotify_add_watch(descriptor, folder, Self.events)
      guard watch >= 0 else { throw FileWatcherError(SystemError()) }
      // Another folder may now have the name of the watched one.
      if let old = watches.updateValue(watch, forKey: folder), !watches.values.contains(old) {
        inotify_rm_watch(descriptor, old)
      }
    }
  }
}

/// The reason why the kernel does not notify of changes.
package struct FileWatcherError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The error message of the system.
  package let description: String
  /// Indicates whether the folder does not exist yet. It is watched when it does.
  package let isFolderMissing: Bool

  init(_ error: SystemError) {
    isFolderMissing = error.number == ENOENT
    description = error.text
  }
}
