import Glibc

/// A file that edgecrab keeps for itself: only its owner may read it, and it is the old one or the new one, whole.
public enum OwnFile {
  /// At most `max` bytes of it.
  public static func read(_ path: String, max: Int) throws(FileProblem) -> [UInt8] {
    try FileBytes.read(path, max: max).bytes
  }

  /// Puts these bytes in its place.
  public static func write(_ bytes: [UInt8], to path: String) throws(FileProblem) {
    let draft = path + ".new"
    let file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw FileProblem(errno) }
    var rest = bytes[...]
    var isWritten = fchmod(file, 0o600) == 0
    while isWritten, !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { isWritten = false }
    }
    // On the disk before it has the name: after a power cut it is the old file or the new one, whole.
    guard isWritten, fsync(file) == 0 else {
      let problem = FileProblem(errno)
      close(file)
      unlink(draft)
      throw problem
    }
    close(file)
    guard rename(draft, path) == 0 else { throw FileProblem(errno) }
  }
}
