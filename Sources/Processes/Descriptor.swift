internal import CSupervisor
internal import Glibc
internal import Synchronization

/// A file descriptor that no program inherits. It is closed with the last reference to it, if not before.
final class Descriptor: Sendable {
  let number: Int32
  private let isClosed = Mutex(false)

  /// Takes over a descriptor that was just opened with `O_CLOEXEC`, or throws what its opening left in `errno`.
  init(_ opened: Int32) throws(SystemError) {
    guard opened >= 0 else { throw SystemError() }
    // A supervisor has the low numbers for its own; they are free here only where standard streams were closed.
    guard opened <= Supervisor.highestNumber else {
      number = opened
      return
    }
    number = fcntl(opened, F_DUPFD_CLOEXEC, Supervisor.highestNumber + 1)
    let error = SystemError()
    Glibc.close(opened)
    // There are fewer numbers than that.
    guard number >= 0 else { throw error.number == EINVAL ? SystemError(EMFILE) : error }
  }

  deinit { close() }

  /// Closes it. Nobody may wait for it any more.
  func close() {
    isClosed.withLock { isClosed in
      if !isClosed { Glibc.close(number) }
      isClosed = true
    }
  }

  /// Has the other end of a socket read the end, unless it is closed.
  func endWriting() {
    // Under the lock: the number may be another's as soon as it is closed.
    isClosed.withLock { if !$0 { shutdown(number, Int32(SHUT_WR)) } }
  }

  /// Has calls return `EAGAIN` that would have to wait.
  func neverWait() throws(SystemError) {
    guard fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK) == 0 else { throw SystemError() }
  }

  /// A pipe.
  static func pipe() throws(SystemError) -> (reading: Descriptor, writing: Descriptor) {
    let (reading, writing) = try pair { pipe2($0, O_CLOEXEC) }
    return (reading, writing)
  }

  /// Two sockets that are connected with each other.
  static func sockets() throws(SystemError) -> (Descriptor, Descriptor) {
    try pair { socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, $0) }
  }

  private static func pair(_ open: (UnsafeMutablePointer<Int32>) -> Int32) throws(SystemError) -> (
    Descriptor, Descriptor
  ) {
    var numbers: [Int32] = [-1, -1]
    let result = numbers.withUnsafeMutableBufferPointer { buffer in buffer.baseAddress.map(open) ?? -1 }
    guard result == 0 else { throw SystemError() }
    // The second is looked after whatever becomes of the first.
    let first = Result { () throws(SystemError) in try Descriptor(numbers[0]) }
    let second = Result { () throws(SystemError) in try Descriptor(numbers[1]) }
    return (try first.get(), try second.get())
  }
}
