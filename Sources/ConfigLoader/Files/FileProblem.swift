import Core
import Glibc
import SystemPackage

/// The reason why a file cannot be read or written.
package enum FileProblem: Error, Sendable, Equatable {
  case missing, isBrokenLink, isDirectory, noPermission, notAFile
  case other(String)

  init(_ error: SystemError) {
    self =
      switch error.number {
      case ENOENT, ENOTDIR: .missing
      case EACCES, EPERM: .noPermission
      case EISDIR: .isDirectory
      default: .other(error.text)
      }
  }

  /// Creates the problem of an error of `SystemPackage`.
  init(_ error: any Error) {
    self = (error as? Errno).map { FileProblem(SystemError($0.rawValue)) } ?? .other("\(error)")
  }

  /// The problem as the end of a sentence about the file.
  package var reason: String {
    switch self {
    case .missing: "no such file or directory"
    case .isBrokenLink: "a broken link"
    case .isDirectory: "a directory"
    case .noPermission: "permission denied"
    case .notAFile: "not a regular file"
    case .other(let reason): reason
    }
  }
}
