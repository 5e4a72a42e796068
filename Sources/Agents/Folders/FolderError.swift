import Core
import Glibc

/// The reason why a file of a conversation's folder cannot be used.
package struct FolderError: Error, Sendable, Equatable {
  package enum Code: String, Sendable, CaseIterable {
    /// The path is outside of the folder, or contains a symbolic link.
    case outside
    /// The file does not exist.
    case noFile
    /// It is a folder, a pipe or a device.
    case notRegular
    /// A system call failed.
    case failed
  }

  package let code: Code
  package let path: String
  /// The system's error message, if it has one.
  package let detail: String

  init(_ code: Code, path: String, detail: String = "") {
    self.code = code
    self.path = path
    self.detail = detail
  }

  /// Creates the error of the system call that just failed.
  init(path: String) {
    let error = SystemError()
    let code: Code =
      switch error.number {
      case ELOOP: .outside
      case ENOENT, ENOTDIR: .noFile
      case EISDIR, ENXIO: .notRegular
      default: .failed
      }
    self.init(code, path: path, detail: error.text)
  }
}

extension FolderError: CustomStringConvertible {
  /// For the log.
  package var description: String { "`\(path)`: \(code.rawValue)" + (detail.isEmpty ? "" : " (\(detail))") }

  /// The reason why a file of a response is not attached, for the person who asked.
  package var sentence: String {
    let name = path.codeSpan(atMost: Limits.pathScalarsShown)
    return switch code {
    case .outside: "(I do not attach \(name): it is outside this conversation's folder.)"
    case .noFile: "(I cannot attach \(name): there is no such file.)"
    case .notRegular: "(I cannot attach \(name): it is a folder or a device, not a file.)"
    case .failed: "(I cannot attach \(name): it cannot be read.)"
    }
  }
}
