internal import CSupervisor
internal import Core
internal import Glibc
internal import Synchronization

/// A file descriptor with `O_CLOEXEC`, closed with the last reference to it, if not before.
final class Descriptor: Sendable {
  let number: Int32
  private let isClosed = Mutex(false)

  /// Takes ownership of the result of a call that opens a descriptor with `O_CLOEXEC`, or throws its `errno`.
  init(_ opened: Int32) throws(SystemError) {
    guard opened >= 0 else { throw SystemError() }
    // A supervisor uses the low numbers itself. They are free here only if standard streams were closed.
    guard opened <= Supervisor.highestNumber else {
      number = opened
      return
    }
    number = fcntl(opened, F_DUPFD_CLOEXEC, Supervisor.highestNumber + 1)
    let error = SystemError()
    Glibc.close(opened)
    // The limit of descriptors is below that number.
    guard number >= 0 else { throw error.number == EINVAL ? SystemError(EMFILE) : error }
  }

  deinit { close() }

  /// Closes it. No task may wait for it.
  func close() {
    isClosed.withLock { isClosed in
      if !isClosed { Glibc.close(number) }
      isClosed = true
    }
  }

  /// Ends the writing direction of a socket, unless it is closed.
  func endWriting() {
    // Under the lock: the number may be reused as soon as it is closed.
    isClosed.withLock { if !$0 { shutdown(number, Int32(SHUT_WR)) } }
  }

  /// Makes calls return `EAGAIN` instead of blocking.
  func setNonblocking() throws(SystemError) {
    guard fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK) == 0 else { throw SystemError() }
  }

  static func pipe() throws(SystemError) -> (reading: Descriptor, writing: Descriptor) {
    let (reading, writing) = try pair { pipe2($0, O_CLOEXEC) }
    return (reading, writing)
  }

  /// Creates a pair of connected sockets.
  static func sockets() throws(SystemError) -> (Descriptor, Descriptor) {
    try pair { socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, $0) }
  }

  private static func pair(_ open: (UnsafeMutablePointer<Int32>) -> Int32) throws(SystemError) -> (
    Descriptor, Descriptor
  ) {
    var numbers: [Int32] = [-1, -1]
    let result = numbers.withUnsafeMutableBufferPointer { buffer in buffer.baseAddress.map(open) ?? -1 }
    guard result == 0 else { throw SystemError() }
    // The second is owned even if taking the first fails.
    let first = Result { () throws(SystemError) in try Descriptor(numbers[0]) }
    let second = Result { () throws(SystemError) in try Descriptor(numbers[1]) }
    return (try first.get(), try second.get())
  }
}
