internal import Glibc

extension HTTPStream {
  /// Writes the body into an open file, in the place of what it held, and returns how many bytes that were.
  ///
  /// - Throws: `.fileFailed` where it cannot be written, `.tooLarge` where it has more than `bytesMax` bytes, beside what
  ///   reading throws.
  package func save(to descriptor: Int32, bytesMax: Int = .max) async throws(TransportError) -> Int {
    guard lseek(descriptor, 0, SEEK_SET) == 0, ftruncate(descriptor, 0) == 0 else { throw Self.notWritten }
    var saved = 0
    for try await chunk in self {
      guard chunk.count <= bytesMax - saved else {
        throw TransportError(.tooLarge, "the file is over \(bytesMax) bytes")
      }
      var written = 0
      while written < chunk.count {
        let count = chunk[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { throw Self.notWritten }
        written += count
      }
      saved += chunk.count
    }
    return saved
  }

  private static var notWritten: TransportError { TransportError(.fileFailed, String(cString: strerror(errno))) }
}
