import Glibc

/// What tells one state of a file from the next: which file it is, its size, and when it last changed.
///
/// Links are followed, so that a link which is led elsewhere shows as another file.
struct FileStamp: Equatable, Sendable {
  private let device: UInt64
  private let file: UInt64
  private let size: Int64
  private let changed: [Int]

  /// Looks at the file; nil where there is none to see.
  init?(_ path: String) {
    var facts = stat()
    guard stat(path, &facts) == 0 else { return nil }
    device = UInt64(facts.st_dev)
    file = UInt64(facts.st_ino)
    size = Int64(facts.st_size)
    changed = [facts.st_mtim, facts.st_ctim].flatMap { [$0.tv_sec, $0.tv_nsec] }
  }
}
