import Glibc

/// Puts a new text into a file that others may be reading: they see the old one or the new one, whole.
enum FileReplacement {
  /// Writes a file that is there; it keeps its mode. Behind a link, the file that it leads to.
  static func write(_ bytes: [UInt8], to path: String) throws(FileProblem) {
    guard let resolved = realpath(path, nil) else { throw FileProblem(errno) }
    defer { free(resolved) }
    let target = String(cString: resolved)
    var status = stat()
    guard stat(target, &status) == 0 else { throw FileProblem(errno) }
    // A file that may not be written is not replaced behind its owner's back.
    guard access(target, W_OK) == 0 else { throw FileProblem(errno) }
    try write(bytes, to: target, mode: status.st_mode & 0o7777)
  }

  /// Writes a file, whether it is there or not, in the place of whatever has its name.
  static func write(_ bytes: [UInt8], to path: String, mode: mode_t) throws(FileProblem) {
    var template = Array((path + ".XXXXXX").utf8CString)
    let file = mkstemp(&template)
    guard file >= 0 else { throw FileProblem(errno) }
    let draft = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    do throws(FileProblem) {
      try fill(file, bytes, mode)
      guard rename(draft, path) == 0 else { throw FileProblem(errno) }
    } catch {
      unlink(draft)
      throw error
    }
  }

  /// Has all of it on the disk before it gets the name: after a power cut it is the old file or the new one.
  private static func fill(_ file: Int32, _ bytes: [UInt8], _ mode: mode_t) throws(FileProblem) {
    defer { close(file) }
    guard fchmod(file, mode) == 0 else { throw FileProblem(errno) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      guard written >= 0 || errno == EINTR else { throw FileProblem(errno) }
      rest = rest.dropFirst(max(0, written))
    }
    guard fsync(file) == 0 else { throw FileProblem(errno) }
  }
}
