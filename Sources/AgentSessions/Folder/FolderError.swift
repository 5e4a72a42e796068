import Glibc

/// Why a file of a conversation's folder cannot be had.
package struct FolderError: Error, Sendable, Equatable {
  /// What is wrong.
  package enum Code: String, Sendable, CaseIterable {
    /// The path leads out of the folder, or over a symbolic link.
    case outside
    /// There is no such file.
    case noFile
    /// It is a folder, a pipe or a device.
    case notRegular
    /// The system said no.
    case failed
  }

  /// What is wrong.
  package let code: Code
  /// The path that was asked for.
  package let path: String
  /// What the system said.
  package let detail: String

  init(_ code: Code, path: String, detail: String = "") {
    self.code = code
    self.path = path
    self.detail = detail
  }

  /// What the last failed call says.
  init(path: String) {
    let number = errno
    let code: Code =
      switch number {
      case ELOOP: .outside
      case ENOENT, ENOTDIR: .noFile
      case EISDIR, ENXIO: .notRegular
      default: .failed
      }
    self.init(code, path: path, detail: String(cString: strerror(number)).lowercased())
  }
}
