internal import CSupervisor
internal import Glibc
internal import Synchronization

/// Waits until descriptors can be read or written, all of them on one thread (`epoll(7)`).
final class Readiness: Sendable {
  enum Direction {
    case reading, writing
  }

  private struct Waiter {
    let descriptor: Int32
    let continuation: CheckedContinuation<Void, Never>
  }

  private let poller: Descriptor
  private let waiters = Mutex<[UInt64: Waiter]>([:])
  private let lastToken = Atomic<UInt64>(0)

  private static let one = Mutex<Readiness?>(nil)

  /// The only one; it is made with the first use, for which there may be no descriptor or thread left.
  static func shared() throws(SystemError) -> Readiness {
    let result = one.withLock { one in
      Result { () throws(SystemError) in
        if let one { return one }
        let made = try Readiness()
        one = made
        return made
      }
    }
    return try result.get()
  }

  private init() throws(SystemError) {
    poller = try Descriptor(epoll_create1(Int32(EPOLL_CLOEXEC)))
    var thread = pthread_t()
    let context = Unmanaged.passRetained(self)
    let result = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<Readiness>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, context.toOpaque())
    guard result == 0 else {
      context.release()
      throw SystemError(result)
    }
  }

  /// Waits until a descriptor can be read or written, its other end is closed, or the task is cancelled. It may return
  /// earlier. Only one task at a time may wait for a descriptor.
  func wait(for descriptor: Descriptor, _ direction: Direction) async {
    let token = lastToken.add(1, ordering: .relaxed).newValue
    var isWatched = true
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        waiters.withLock { $0[token] = Waiter(descriptor: descriptor.number, continuation: continuation) }
        var event = epoll_event()
        event.events = (direction == .reading ? EPOLLIN.rawValue : EPOLLOUT.rawValue) | EPOLLONESHOT.rawValue
        event.data.u64 = token
        isWatched = epoll_ctl(poller.number, EPOLL_CTL_ADD, descriptor.number, &event) == 0
        // A cancellation that came before there was a waiter found nobody.
        if !isWatched || Task.isCancelled { resume(token) }
      }
    } onCancel: {
      resume(token)
    }
    // The system has no memory left to watch it.
    if !isWatched { try? await Task.sleep(for: Limits.unwatchedPause) }
  }

  private func resume(_ token: UInt64) {
    guard let waiter = waiters.withLock({ $0.removeValue(forKey: token) }) else { return }
    // It may be closed, and its number another's, as soon as the waiter goes on.
    _ = epoll_ctl(poller.number, EPOLL_CTL_DEL, waiter.descriptor, nil)
    waiter.continuation.resume()
  }

  private func run() {
    // Signals are other threads' work.
    var signals = sigset_t()
    sigfillset(&signals)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    var events = [epoll_event](repeating: epoll_event(), count: 64)
    while true {
      let count = epoll_wait(poller.number, &events, Int32(events.count), -1)
      for event in events.prefix(Int(max(count, 0))) { resume(event.data.u64) }
    }
  }
}
