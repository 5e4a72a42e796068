/// Bytes on their way to a socket, at an address that does not change while they wait.
final class SendBuffer {
  private let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: Limits.sendBufferBytes, alignment: 1)
  private var unsent = 0..<0

  deinit { memory.deallocate() }

  var isEmpty: Bool { unsent.isEmpty }

  /// Copies as many of the bytes as there is space for, and returns their number.
  func append(_ bytes: UnsafeRawBufferPointer) -> Int {
    let count = min(bytes.count, memory.count - unsent.upperBound)
    UnsafeMutableRawBufferPointer(rebasing: memory[unsent.upperBound..<unsent.upperBound + count])
      .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<count]))
    unsent = unsent.lowerBound..<unsent.upperBound + count
    return count
  }

  /// Sends until the buffer is empty and returns `nil`, or returns the result that stopped it.
  func flush(to easy: EasyHandle) -> IOResult? {
    while !unsent.isEmpty {
      switch easy.send(UnsafeRawBufferPointer(rebasing: memory[unsent])) {
      case .bytes(let count): unsent = unsent.lowerBound + count..<unsent.upperBound
      case let stopped: return stopped
      }
    }
    unsent = 0..<0
    return nil
  }
}

/// Bytes that were received and are not decoded yet.
struct ReceiveBuffer {
  private var bytes: [UInt8]
  private var unread: Range<Int>
  /// Without TLS, a read that does not fill the buffer has emptied the socket. With it, decrypted bytes may be left that
  /// poll does not report.
  private let isPlain: Bool
  private var isSocketEmpty = false

  /// Creates a buffer.
  ///
  /// - Parameters:
  ///   - early: The bytes that arrived together with the response to the upgrade.
  ///   - isPlain: Whether the connection has no TLS, not even to a proxy.
  init(_ early: [UInt8], isPlain: Bool) {
    bytes = early + [UInt8](repeating: 0, count: max(0, Limits.receiveBufferBytes - early.count))
    unread = 0..<early.count
    self.isPlain = isPlain
  }

  /// Notes that poll has been asked since the last read, or will be.
  mutating func beginTurn() { isSocketEmpty = false }

  /// Fills `buffer` with unread bytes; if there are none, receives some first.
  mutating func read(into buffer: UnsafeMutableRawBufferPointer, from easy: EasyHandle) -> IOResult {
    if unread.isEmpty {
      guard !isSocketEmpty else { return .wouldBlock }
      let result = bytes.withUnsafeMutableBytes(easy.receive)
      guard case .bytes(let count) = result else { return result }
      unread = 0..<count
      isSocketEmpty = isPlain && count < bytes.count
    }
    let piece = unread.prefix(buffer.count)
    bytes.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[piece])) }
    unread = piece.upperBound..<unread.upperBound
    return .bytes(piece.count)
  }
}
