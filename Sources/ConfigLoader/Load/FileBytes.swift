import Glibc

/// Why a file cannot be read.
package enum FileProblem: Error, Sendable, Equatable {
  case missing, isBrokenLink, isDirectory, noPermission, notAFile
  case other(String)

  /// What the system's error number means.
  init(_ code: Int32) {
    self =
      switch code {
      case ENOENT, ENOTDIR: .missing
      case EACCES, EPERM: .noPermission
      case EISDIR: .isDirectory
      default: .other(strerror(code).map { String(cString: $0) } ?? "error \(code)")
      }
  }

  /// What is wrong, as the end of a sentence about the file.
  package var reason: String {
    switch self {
    case .missing: "no such file or directory"
    case .isBrokenLink: "a link that leads nowhere"
    case .isDirectory: "a directory"
    case .noPermission: "permission denied"
    case .notAFile: "not a regular file"
    case .other(let reason): reason.lowercased()
    }
  }
}

/// Reads a file that a user names, whatever it turns out to be.
enum FileBytes {
  /// At most `max` bytes of a regular file, or where that is allowed of a pipe, and its permission bits.
  static func read(
    _ path: String, max: Int, mayBePipe: Bool = false
  ) throws(FileProblem) -> (bytes: [UInt8], mode: UInt32) {
    // Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
    let file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    var status = stat()
    guard file >= 0 else {
      let problem = FileProblem(errno)
      throw problem == .missing && lstat(path, &status) == 0 ? .isBrokenLink : problem
    }
    defer { close(file) }
    guard fstat(file, &status) == 0 else { throw FileProblem(errno) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw .isDirectory
    // Somebody writes to it, or it ends at once.
    case S_IFIFO where mayBePipe && fcntl(file, F_SETFL, 0) == 0: break
    default: throw .notAFile
    }
    return (try read(file, max: max), status.st_mode & 0o777)
  }

  /// At most `max` bytes of standard input.
  static func standardInput(max: Int) throws(FileProblem) -> [UInt8] { try read(STDIN_FILENO, max: max) }

  private static func read(_ file: Int32, max: Int) throws(FileProblem) -> [UInt8] {
    var bytes: [UInt8] = []
    var failure: FileProblem?
    while bytes.count < max, failure == nil {
      let wanted = min(64 * 1024, max - bytes.count)
      let chunk = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
        var read: Int
        repeat { read = Glibc.read(file, buffer.baseAddress, wanted) } while read < 0 && errno == EINTR
        if read < 0 { failure = FileProblem(errno) }
        count = Swift.max(read, 0)
      }
      if chunk.isEmpty { break }
      bytes += chunk
    }
    if let failure { throw failure }
    return bytes
  }
}
