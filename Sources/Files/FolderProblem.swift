#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Why a program of ours cannot work in a folder.
package enum FolderProblem: Sendable, Equatable {
  /// There is nothing at the path.
  case missing
  /// What is there is no folder.
  case notFolder
  /// We may not list or enter it, or a folder on the way.
  case closed

  /// Looks at a path, following symbolic links; `nil` if a program can work there.
  package init?(path: String) {
    var facts = stat()
    guard stat(path, &facts) == 0 else {
      self = errno == ENOENT ? .missing : errno == ENOTDIR ? .notFolder : .closed
      return
    }
    guard facts.st_mode & S_IFMT == S_IFDIR else {
      self = .notFolder
      return
    }
    guard access(path, R_OK | X_OK) == 0 else {
      self = .closed
      return
    }
    return nil
  }
}
