import Glibc

/// Tells when a file is another than it was: written in place, renamed into place, or reached through a link that was
/// led elsewhere.
package struct FileWatcher: Sendable {
  /// The file's path; there need be none yet.
  package let path: String
  private let first: FileStamp?

  /// Remembers the file as it is now: make it before the file is read, and no change is missed.
  package init(_ path: String) {
    self.path = path
    first = FileStamp(path)
  }

  /// Calls `changed` for every change, or once for a burst of them, until the task is cancelled.
  ///
  /// The kernel says when to look; beside that it looks every few seconds, since of some file systems, as those over a
  /// network, the kernel hears nothing.
  ///
  /// - Parameter unnoticed: is called, at most once, where the kernel does not tell of changes.
  package func run(unnoticed: (FileWatcherError) -> Void, changed: () async -> Void) async {
    let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let clock = Task {
      while true {
        wake.yield()
        try await Task.sleep(for: Limits.lookInterval)
      }
    }
    defer { clock.cancel() }
    var problem: FileWatcherError?
    var notices: InotifyWatcher?
    var known = first
    for await _ in wakes {
      do throws(FileWatcherError) {
        if notices == nil { notices = try InotifyWatcher { wake.yield() } }
        try notices?.watch(folders)
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

  /// The folder that the path names, and the one in which the file is found behind all links.
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

  /// The file's state, once it stays as it is: an editor that takes the file away and puts another there is not met
  /// between the two.
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
