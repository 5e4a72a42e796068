#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Which file a path leads to: two paths with the same identity lead to one file, and a path whose identity has changed to
/// another.
package struct FileIdentity: Sendable, Equatable {
  private let device: UInt
  private let number: UInt

  /// The file at a path, or `nil` if there is none or it cannot be looked at.
  package init?(path: String) {
    var facts = stat()
    guard stat(path, &facts) == 0 else { return nil }
    device = UInt(facts.st_dev)
    number = UInt(facts.st_ino)
  }
}
