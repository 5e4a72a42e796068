/// Bytes on their way to a socket, at a place in memory that does not move while they wait.
final class SendBuffer {
  private let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: Limits.sendBufferBytes, alignment: 1)
  private var waiting = 0..<0

  deinit { memory.deallocate() }

  var isEmpty: Bool { waiting.isEmpty }

  /// Takes as many of the bytes as have room, and says how many.
  func append(_ bytes: UnsafeRawBufferPointer) -> Int {
    let count = min(bytes.count, memory.count - waiting.upperBound)
    UnsafeMutableRawBufferPointer(rebasing: memory[waiting.upperBound..<waiting.upperBound + count])
      .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<count]))
    waiting = waiting.lowerBound..<waiting.upperBound + count
    return count
  }

  /// Sends until nothing waits any more (nil), or says what stopped it.
  func flush(to easy: EasyHandle) -> IOResult? {
    while !waiting.isEmpty {
      switch easy.send(UnsafeRawBufferPointer(rebasing: memory[waiting])) {
      case .bytes(let count): waiting = waiting.lowerBound + count..<waiting.upperBound
      case let stopped: return stopped
      }
    }
    waiting = 0..<0
    return nil
  }
}
