internal import Core
internal import Glibc

/// A descriptor that is read and written without blocking a thread.
struct AsyncDescriptor: Sendable {
  private let descriptor: Descriptor
  private let reactor: EpollReactor

  init(_ descriptor: Descriptor, _ reactor: EpollReactor) throws(SystemError) {
    try descriptor.setNonblocking()
    self.descriptor = descriptor
    self.reactor = reactor
  }

  /// Reads into `buffer`, and returns the number of bytes: 0 at the end, or if the task is cancelled and nothing can be
  /// read.
  func read(into buffer: inout [UInt8]) async -> Int {
    while true {
      // Checked before reading, so that bytes written before the cancellation are read.
      let isLastRead = Task.isCancelled
      let count = Glibc.read(descriptor.number, &buffer, buffer.count)
      if count >= 0 { return count }
      switch errno {
      case EINTR: continue
      case EAGAIN:
        guard !isLastRead else { return 0 }
        await reactor.wait(for: descriptor, .reading)
      default: return 0
      }
    }
  }

  /// Calls `body` with chunks until the end. After a cancellation it reads what was written before, but nothing that
  /// other processes go on writing.
  func forEachChunk(_ body: ([UInt8]) async -> Void) async {
    var buffer = [UInt8](repeating: 0, count: Limits.chunkBytesMax)
    var rest = Limits.pipeBytesMax
    while rest > 0 {
      let isLast = Task.isCancelled
      let count = await read(into: &buffer)
      guard count > 0 else { return }
      if isLast { rest -= count }
      await body(Array(buffer[..<count]))
    }
  }

  /// Writes all bytes. Returns `false` if the other end is closed or the task is cancelled.
  func write(_ bytes: [UInt8]) async -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor.number, $0.baseAddress, $0.count) }
      if count >= 0 {
        rest = rest.dropFirst(count)
        continue
      }
      switch errno {
      case EINTR: continue
      case EAGAIN:
        guard !Task.isCancelled else { return false }
        await reactor.wait(for: descriptor, .writing)
      default: return false
      }
    }
    return true
  }

  func close() { descriptor.close() }

  /// Ends the writing direction of a socket; the other direction stays open.
  func endWriting() { descriptor.endWriting() }
}
