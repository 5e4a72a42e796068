import Glibc

/// Watches a file for changes: written in place, replaced by a rename, or reached through a changed link.
package struct FileWatcher: Sendable {
  /// The path of the file, which need not exist.
  package let path: String
  private let first: FileStamp?

  /// Records the current state of the file. A watcher that is created before the file is read misses no change.
  package init(_ path: String) {
    self.path = path
    first = FileStamp(path)
  }

  /// Calls `changed` after each change, or once after several in a row, until the task is cancelled.
  ///
  /// It compares the file's state after each notification of the kernel, and every few seconds as well: the kernel
  /// sends none for network file systems.
  ///
  /// - Parameter unnoticed: called at most once, if the kernel sends no notifications.
  package func run(unnoticed: (FileWatcherError) -> Void, changed: () async -> Void) async {
    let (wakeUps, wakeUp) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let clock = Task {
      while true {
        wakeUp.yield()
        try await Task.sleep(for: Limits.lookInterval)
      }
    }
    defer { clock.cancel() }
    var problem: FileWatcherError?
    var watcher: InotifyWatcher?
    var known = first
    for await _ in wakeUps {
      do throws(FileWatcherError) {
        if watcher == nil { watcher = try InotifyWatcher { wakeUp.yield() } }
        try watcher?.watch(folders)
      } catch {
        if problem == nil { unnoticed(error) }
        problem = error
      }
      let now = await settled(known)
      if Task.isCancelled { return }
      guard now != known else { continue }
      known = now
      await changed()
    }
  }

  /// The folder of the path, and that of the file after resolving all links.
  private var folders: Set<String> {
    var folders: Set<String> = [Self.folder(of: path)]
    if let real = realpath(path, nil) {
      folders.insert(Self.folder(of: String(cString: real)))
      free(real)
    }
    return folders
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Returns the state of the file after it has stopped changing, so that an editor that replaces it is not caught in
  /// between.
  private func settled(_ known: FileStamp?) async -> FileStamp? {
    var stamp = FileStamp(path)
    guard stamp != known else { return stamp }
    for _ in 0..<Limits.restLooksMax {
      do { try await Task.sleep(for: Limits.restInterval) } catch { return stamp }
      let next = FileStamp(path)
      if next == stamp { break }
      stamp = next
    }
    return stamp
  }
}

/// The state of a file: its identity, its size, and the time of its last change.
///
/// Links are followed, so that a changed link appears as another file.
private struct FileStamp: Equatable, Sendable {
  private let device: UInt64
  private let file: UInt64
  private let size: Int64
  private let changed: [Int]

  /// Reads the state of a file, or returns `nil` if it does not exist.
  init?(_ path: String) {
    var facts = stat()
    guard stat(path, &facts) == 0 else { return nil }
    device = UInt64(facts.st_dev)
    file = UInt64(facts.st_ino)
    size = Int64(facts.st_size)
    changed = [facts.st_mtim, facts.st_ctim].flatMap { [$0.tv_sec, $0.tv_nsec] }
  }
}
