internal import Glibc

/// Our end of a program's stream, read or written without holding up a thread.
struct StreamEnd: Sendable {
  private let descriptor: Descriptor
  private let readiness: Readiness

  init(_ descriptor: Descriptor, _ readiness: Readiness) throws(SystemError) {
    try descriptor.neverWait()
    self.descriptor = descriptor
    self.readiness = readiness
  }

  /// Reads what comes next into `buffer`, and returns how much; 0 at the end, or where the task is cancelled and nothing is
  /// there.
  func read(into buffer: inout [UInt8]) async -> Int {
    while true {
      // Looked at before it is read: what is written before the task is cancelled is not to be missed.
      let isLastLook = Task.isCancelled
      let count = Glibc.read(descriptor.number, &buffer, buffer.count)
      if count >= 0 { return count }
      switch errno {
      case EINTR: continue
      case EAGAIN:
        guard !isLastLook else { return 0 }
        await readiness.wait(for: descriptor, .reading)
      default: return 0
      }
    }
  }

  /// Gives what is read to `take`, piece by piece, as `read(into:)` does; nothing is read while it is busy. Where the task is
  /// cancelled, what was written before is read, and nothing of what somebody may go on writing.
  func forEachPiece(_ take: ([UInt8]) async -> Void) async {
    var buffer = [UInt8](repeating: 0, count: Limits.pieceBytesMax)
    var rest = Limits.pipeBytesMax
    while rest > 0 {
      let isLast = Task.isCancelled
      let count = await read(into: &buffer)
      guard count > 0 else { return }
      if isLast { rest -= count }
      await take(Array(buffer[..<count]))
    }
  }

  /// Writes all of it. Returns false where nobody reads any more, or the task was cancelled.
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
        await readiness.wait(for: descriptor, .writing)
      default: return false
      }
    }
    return true
  }

  /// Closes it, for whoever is at the other end to see.
  func close() { descriptor.close() }

  /// Has the other end of a socket read the end. What it writes is read on.
  func endWriting() { descriptor.endWriting() }
}
