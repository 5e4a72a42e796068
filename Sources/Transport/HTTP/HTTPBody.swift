internal import Glibc

/// What a request carries.
package enum HTTPBody: Sendable {
  /// Bytes in memory.
  case bytes([UInt8])
  /// A file, which is read while it goes out.
  case file(OpenFile)
}

/// A regular file that is open for reading, as long as it was when it was opened; it is closed with the last reference.
package final class OpenFile: Sendable {
  /// The bytes that it held when it was opened: so many are sent.
  package let size: Int
  private let descriptor: Int32

  /// Takes over an open descriptor.
  package init(_ descriptor: Int32) {
    self.descriptor = descriptor
    var facts = stat()
    size = fstat(descriptor, &facts) == 0 ? Int(facts.st_size) : 0
  }

  deinit { close(descriptor) }

  /// Reads what stands at `offset` into a buffer and returns how many bytes that were; nil where the file cannot be read,
  /// or has become shorter.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Int? {
    let wanted = min(buffer.count, size - offset)
    guard wanted > 0 else { return 0 }
    let count = pread(descriptor, buffer.baseAddress, wanted, offset)
    return count > 0 ? count : nil
  }
}
