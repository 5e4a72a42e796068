import Glibc

/// Puts a new text into a file that others may be reading: they see the old one or the new one, whole.
enum FileReplacement {
  /// Writes a file beside it and renames that, with the mode of the old one. Behind a link, the file that it leads to.
  static func write(_ bytes: [UInt8], to path: String) throws(FileProblem) {
    guard let resolved = realpath(path, nil) else { throw FileProblem(errno) }
    defer { free(resolved) }
    let target = String(cString: resolved)
    var status = stat()
    guard stat(target, &status) == 0 else { throw FileProblem(errno) }
    // A file that may not be written is not replaced behind its owner's back.
    guard access(target, W_OK) == 0 else { throw FileProblem(errno) }
    var template = Array((target + ".XXXXXX").utf8CString)
    let file = mkstemp(&template)
    guard file >= 0 else { throw FileProblem(errno) }
    let temporary = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    do throws(FileProblem) {
      defer { close(file) }
      guard fchmod(file, status.st_mode & 0o7777) == 0 else { throw FileProblem(errno) }
      try write(bytes, to: file)
      guard fsync(file) == 0 else { throw FileProblem(errno) }
    } catch {
      unlink(temporary)
      throw error
    }
    guard rename(temporary, target) == 0 else {
      let problem = FileProblem(errno)
      unlink(temporary)
      throw problem
    }
  }

  private static func write(_ bytes: [UInt8], to file: Int32) throws(FileProblem) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      guard written >= 0 || errno == EINTR else { throw FileProblem(errno) }
      rest = rest.dropFirst(max(0, written))
    }
  }
}
