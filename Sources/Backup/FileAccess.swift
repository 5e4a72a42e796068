import Core
import Glibc

/// An open file, closed with the last reference to it.
final class FileAccess {
  let path: String
  private let descriptor: Int32

  /// Opens a regular file for reading. A link in place of the file is not followed.
  init(reading path: String, followsLink: Bool = false) throws(BackupError) {
    descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | (followsLink ? 0 : O_NOFOLLOW))
    self.path = path
    guard descriptor >= 0 else { throw .notRead(path, SystemError().text) }
    var facts = stat()
    guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
      throw .notRead(path, "it is not a regular file")
    }
  }

  /// Creates a file that only its owner may read.
  init(creating path: String) throws(BackupError) {
    descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    self.path = path
    guard descriptor >= 0 else { throw .notWritten(path, SystemError().text) }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  func size() throws(BackupError) -> Int64 {
    var facts = stat()
    guard fstat(descriptor, &facts) == 0 else { throw .notRead(path, SystemError().text) }
    return Int64(facts.st_size)
  }

  /// Reads the next bytes, at most `count`; none at the end of the file.
  func bytes(atMost count: Int) throws(BackupError) -> [UInt8] {
    var buffer: [UInt8] = Array(repeating: 0, count: count)
    while true {
      let got = read(descriptor, &buffer, count)
      if got >= 0 { return Array(buffer.prefix(got)) }
      guard errno == EINTR else { throw .notRead(path, SystemError().text) }
    }
  }

  func write(_ bytes: [UInt8]) throws(BackupError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written > 0 {
        rest = rest.dropFirst(written)
      } else if written < 0, errno != EINTR {
        throw .notWritten(path, SystemError().text)
      }
    }
  }

  /// Waits until the file is on the disk.
  func synchronize() throws(BackupError) {
    guard fsync(descriptor) == 0 else { throw .notWritten(path, SystemError().text) }
  }
}

/// Has the names of the files in a folder on the disk. A failure would lose no more than the last ones.
func synchronizeFolder(_ path: String) {
  let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard folder >= 0 else { return }
  fsync(folder)
  close(folder)
}
