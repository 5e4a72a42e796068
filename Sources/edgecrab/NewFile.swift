#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Writes a file that is not there yet.
enum NewFile {
  enum Problem: Error {
    case exists
    case other(String)
  }

  /// Writes all of it, or throws and leaves what was there as it was.
  static func write(_ bytes: [UInt8], to path: String) throws(Problem) {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw errno == EEXIST ? .exists : problem() }
    defer { close(file) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Self.put(file, $0) }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else {
        let problem = problem()
        unlink(path)
        throw problem
      }
      rest = rest.dropFirst(written)
    }
  }

  private static func put(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    #if canImport(Glibc)
      Glibc.write(file, bytes.baseAddress, bytes.count)
    #else
      Musl.write(file, bytes.baseAddress, bytes.count)
    #endif
  }

  private static func problem() -> Problem {
    .other(strerror(errno).map { String(cString: $0) } ?? "error \(errno)")
  }
}
