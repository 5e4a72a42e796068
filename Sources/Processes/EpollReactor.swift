internal import CSupervisor
internal import Core
internal import Glibc
internal import Synchronization

/// Waits until descriptors are readable or writable, all of them on one thread (`epoll(7)`).
final class EpollReactor: Sendable {
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

  private static let instance = Mutex<EpollReactor?>(nil)

  /// Returns the instance of the process. It is created at first use, which fails if no descriptor or thread is left.
  static func shared() throws(SystemError) -> EpollReactor {
    let result = instance.withLock { instance in
      Result { () throws(SystemError) in
        if let instance { return instance }
        let created = try EpollReactor()
        instance = created
        return created
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
        Unmanaged<EpollReactor>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, context.toOpaque())
    guard result == 0 else {
      context.release()
      throw SystemError(result)
    }
  }

  /// Waits until a descriptor is readable or writable, its other end is closed, or the task is cancelled. It may return
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
        // An earlier cancellation did not find this waiter.
        if !isWatched || Task.isCancelled { resume(token) }
      }
    } onCancel: {
      resume(token)
    }
    // The system has no memory to watch it.
    if !isWatched { try? await Task.sleep(for: Limits.unwatchedPause) }
  }

  private func resume(_ token: UInt64) {
    guard let waiter = waiters.withLock({ $0.removeValue(forKey: token) }) else { return }
    // The waiter may close it, and its number may be reused.
    _ = epoll_ctl(poller.number, EPOLL_CTL_DEL, waiter.descriptor, nil)
    waiter.continuation.resume()
  }

  private func run() {
    // Other threads handle signals.
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
