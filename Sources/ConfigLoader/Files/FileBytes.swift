import Core
import Glibc
import SystemPackage

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
      let problem = FileProblem(SystemError())
      throw problem == .missing && lstat(path, &status) == 0 ? .isBrokenLink : problem
    }
    let file = FileDescriptor(rawValue: descriptor)
    defer { try? file.close() }
    guard fstat(descriptor, &status) == 0 else { throw FileProblem(SystemError()) }
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
