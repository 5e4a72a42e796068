import Glibc

/// The file that a path leads to, apart from its name. Paths with equal identities lead to one file; if the identity of
/// a path changes, it leads to another file.
package struct FileIdentity: Sendable, Equatable {
  private let device: UInt
  private let number: UInt

  /// Identifies the file at a path, or returns `nil` if there is none or it is not accessible.
  package init?(path: String) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    device = UInt(status.st_dev)
    number = UInt(status.st_ino)
  }
}
