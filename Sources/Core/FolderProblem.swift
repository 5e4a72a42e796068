import Glibc

/// The reason why a program cannot work in a folder.
package enum FolderProblem: Sendable, Equatable {
  /// There is nothing at the path.
  case missing
  /// The path leads to something else than a folder.
  case notFolder
  /// This process may not list or enter the folder, or a folder on the way.
  case closed

  /// Examines the folder at a path, following symbolic links. Returns `nil` if a program can work there.
  package init?(path: String) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      self = errno == ENOENT ? .missing : errno == ENOTDIR ? .notFolder : .closed
      return
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      self = .notFolder
      return
    }
    guard unsafe access(path, R_OK | X_OK) == 0 else {
      self = .closed
      return
    }
    return nil
  }
}
