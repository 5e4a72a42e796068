import Glibc
import SystemPackage

/// The reason why a file cannot be read or written.
package enum FileProblem: Error, Sendable, Equatable {
  case missing, isBrokenLink, isDirectory, noPermission, notAFile
  case other(String)

  /// Creates the problem of a system error number.
  init(_ code: Int32) {
    self =
      switch code {
      case ENOENT, ENOTDIR: .missing
      case EACCES, EPERM: .noPermission
      case EISDIR: .isDirectory
      default: .other(strerror(code).map { String(cString: $0) } ?? "error \(code)")
      }
  }

  /// Creates the problem of an error of `SystemPackage`.
  init(_ error: any Error) {
    self = (error as? Errno).map { FileProblem($0.rawValue) } ?? .other("\(error)")
  }

  /// The problem as the end of a sentence about the file.
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

/// Reads files that users name, which may be of any kind.
enum FileBytes {
  /// Returns at most `max` bytes of a regular file, or of a pipe if that is allowed, and its permission bits.
  static func read(
    _ path: String, max: Int, mayBePipe: Bool = false
  ) throws(FileProblem) -> (bytes: [UInt8], mode: UInt32) {
    // Without O_NONBLOCK, opening a pipe without a writer would block.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    var status = stat()
    guard descriptor >= 0 else {
      let problem = FileProblem(errno)
      throw problem == .missing && lstat(path, &status) == 0 ? .isBrokenLink : problem
    }
    let file = FileDescriptor(rawValue: descriptor)
    defer { try? file.close() }
    guard fstat(descriptor, &status) == 0 else { throw FileProblem(errno) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw .isDirectory
    // Reading blocks until the writer ends.
    case S_IFIFO where mayBePipe && fcntl(descriptor, F_SETFL, 0) == 0: break
    default: throw .notAFile
    }
    return (try read(file, max: max), status.st_mode & 0o777)
  }

  /// Returns at most `max` bytes of standard input.
  static func standardInput(max: Int) throws(FileProblem) -> [UInt8] { try read(.standardInput, max: max) }

  private static func read(_ file: FileDescriptor, max: Int) throws(FileProblem) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < max {
      let chunk = try file.chunk(upTo: min(64 * 1024, max - bytes.count))
      if chunk.isEmpty { break }
      bytes += chunk
    }
    return bytes
  }
}

extension FileDescriptor {
  /// Reads the next bytes, at most `count`; none at the end of the file.
  func chunk(upTo count: Int) throws(FileProblem) -> [UInt8] {
    do {
      return try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
        filled = try read(into: UnsafeMutableRawBufferPointer(buffer))
      }
    } catch {
      throw FileProblem(error)
    }
  }
}

/// Replaces files atomically: a reader sees the old text or the new one, completely.
enum FileReplacement {
  /// Replaces an existing file, which keeps its mode. Links are followed.
  static func write(_ bytes: [UInt8], to path: String) throws(FileProblem) {
    guard let resolved = realpath(path, nil) else { throw FileProblem(errno) }
    defer { free(resolved) }
    let target = String(cString: resolved)
    var status = stat()
    guard stat(target, &status) == 0 else { throw FileProblem(errno) }
    // A file that may not be written must not be replaced either.
    guard access(target, W_OK) == 0 else { throw FileProblem(errno) }
    try write(bytes, to: target, mode: status.st_mode & 0o7777)
  }

  /// Writes a file, replacing any file of this name.
  static func write(_ bytes: [UInt8], to path: String, mode: mode_t) throws(FileProblem) {
    var template = Array((path + ".XXXXXX").utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw FileProblem(errno) }
    let draft = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    do throws(FileProblem) {
      try fill(FileDescriptor(rawValue: descriptor), bytes, mode)
      guard rename(draft, path) == 0 else { throw FileProblem(errno) }
    } catch {
      unlink(draft)
      throw error
    }
  }

  /// Writes and synchronizes the file before it is renamed: after a power failure it is the old file or the new one.
  private static func fill(_ file: FileDescriptor, _ bytes: [UInt8], _ mode: mode_t) throws(FileProblem) {
    defer { try? file.close() }
    guard fchmod(file.rawValue, mode) == 0 else { throw FileProblem(errno) }
    do {
      _ = try file.writeAll(bytes)
    } catch {
      throw FileProblem(error)
    }
    guard fsync(file.rawValue) == 0 else { throw FileProblem(errno) }
  }
}

/// A file of edgecrab's own state: readable only by its owner, and written atomically.
package enum PrivateFile {
  /// Reads at most `max` bytes.
  package static func read(_ path: String, max: Int) throws(FileProblem) -> [UInt8] {
    try FileBytes.read(path, max: max).bytes
  }

  /// Replaces the file.
  package static func write(_ bytes: [UInt8], to path: String) throws(FileProblem) {
    try FileReplacement.write(bytes, to: path, mode: 0o600)
  }
}
