import Core
import Glibc
import SystemPackage

/// An open file, closed with the last reference to it.
final class FileAccess {
  let path: String
  private let descriptor: FileDescriptor

  /// Opens a regular file for reading. A link in place of the file is not followed.
  init(reading path: String, followsLink: Bool = false) throws(BackupError) {
    let flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC | (followsLink ? 0 : O_NOFOLLOW)
    descriptor = FileDescriptor(rawValue: open(path, flags))
    self.path = path
    guard descriptor.rawValue >= 0 else { throw .notRead(path, SystemError().text) }
    var facts = stat()
    guard fstat(descriptor.rawValue, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
      throw .notRead(path, "it is not a regular file")
    }
  }

  /// Creates a file that only its owner may read.
  init(creating path: String) throws(BackupError) {
    descriptor = FileDescriptor(rawValue: open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600))
    self.path = path
    guard descriptor.rawValue >= 0 else { throw .notWritten(path, SystemError()) }
  }

  deinit { if descriptor.rawValue >= 0 { try? descriptor.close() } }

  /// Returns whether there is anything at a path, such as a link that leads nowhere; also true if that cannot be known.
  static func isPresent(_ path: String) -> Bool {
    var facts = stat()
    return lstat(path, &facts) == 0 || errno != ENOENT
  }

  func size() throws(BackupError) -> Int64 {
    var facts = stat()
    guard fstat(descriptor.rawValue, &facts) == 0 else { throw .notRead(path, SystemError().text) }
    return Int64(facts.st_size)
  }

  /// Reads the next bytes, at most `count`; none at the end of the file.
  func bytes(atMost count: Int) throws(BackupError) -> [UInt8] {
    do {
      return try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
        filled = try descriptor.read(into: UnsafeMutableRawBufferPointer(buffer))
      }
    } catch {
      throw BackupError.notRead(path, SystemError(error).text)
    }
  }

  func write(_ bytes: [UInt8]) throws(BackupError) {
    do {
      _ = try descriptor.writeAll(bytes)
    } catch {
      throw BackupError.notWritten(path, SystemError(error))
    }
  }

  /// Waits until the file is on the disk.
  func synchronize() throws(BackupError) {
    guard fsync(descriptor.rawValue) == 0 else { throw .notWritten(path, SystemError()) }
  }
}

extension SystemError {
  /// Creates the error of a call of `SystemPackage`, which throws no others.
  fileprivate init(_ error: any Error) { self.init((error as? Errno)?.rawValue ?? EIO) }
}
