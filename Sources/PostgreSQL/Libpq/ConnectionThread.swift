internal import CPostgres
internal import Core
internal import Glibc
internal import Synchronization

/// The thread of a connection, as the executor of its actor: it runs the actor's jobs, and waits for the socket between
/// them.
///
/// Not a dispatch queue with sources: libpq closes and replaces its socket by itself while it connects, which they do not
/// allow, and an answer would pass one more thread. And a name service that does not answer holds up this thread only.
final class ConnectionThread: SerialExecutor {
  /// What the thread waits for besides jobs.
  struct Wait {
    let descriptor: Int32
    /// As of poll(2).
    let events: Int32
    /// `nil` to wait without a limit.
    let deadline: ContinuousClock.Instant?
  }

  /// An open connection, which uses the socket between two jobs. The functions are called on the thread.
  struct SocketUser {
    /// Called when there are no jobs; returns `nil` to wait for jobs only.
    let prepareToWait: () -> Wait?
    /// Called with the events of the descriptor, or 0, after each wait.
    let handle: (_ events: Int32) -> Void
  }

  private enum Work: Sendable {
    case job(UnownedJob)
    case operation(@Sendable () -> Void)
  }

  private struct State {
    var work: [Work] = []
    var isWaiting = false
    var isStopped = false
  }

  private let state = Mutex(State())
  private let wakeUp: Int32
  private let thread = Atomic<UInt>(0)
  /// For this thread only.
  private nonisolated(unsafe) var socketUser: SocketUser?

  init() throws(SystemError) {
    wakeUp = edgecrab_wake_descriptor()
    guard wakeUp >= 0 else { throw SystemError() }
  }

  deinit { close(wakeUp) }

  // MARK: The thread

  /// Starts the thread, which runs until it is stopped.
  ///
  /// - Parameter operation: its first work. It is done even if the thread has been stopped before.
  func start(_ operation: @escaping @Sendable () -> Void) throws(SystemError) {
    state.withLock { $0.work.append(.operation(operation)) }
    let body = Unmanaged.passRetained(self)
    var thread = pthread_t()
    let result = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<ConnectionThread>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, body.toOpaque())
    guard result == 0 else {
      body.release()
      state.withLock { $0.work.removeAll() }
      throw SystemError(result)
    }
    pthread_detach(thread)
  }

  /// Ends the thread after its work is done.
  func stop() {
    state.withLock { $0.isStopped = true }
    wake()
  }

  /// True after `stop()`.
  var isStopped: Bool { state.withLock(\.isStopped) }

  /// Starts to use a socket. For this thread only.
  func attach(_ user: SocketUser) { socketUser = user }

  private func run() {
    thread.store(UInt(pthread_self()), ordering: .releasing)
    // Other threads handle signals.
    var signals = sigset_t()
    sigfillset(&signals)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    var work: [Work] = []
    while true {
      let isStopped = state.withLock { state in
        swap(&state.work, &work)
        return state.isStopped
      }
      if isStopped, work.isEmpty { return }
      for item in work { run(item) }
      work.removeAll(keepingCapacity: true)
      let events = wait(for: socketUser?.prepareToWait())
      socketUser?.handle(events)
    }
  }

  private func run(_ work: Work) {
    switch work {
    case .job(let job): job.runSynchronously(on: asUnownedSerialExecutor())
    case .operation(let operation): operation()
    }
  }

  /// Waits until the descriptor is ready, the deadline is over, or there is work. Returns the events of the descriptor,
  /// or 0. For this thread only.
  func wait(for awaited: Wait?) -> Int32 {
    let isIdle = state.withLock { state in
      state.isWaiting = state.work.isEmpty && !state.isStopped
      return state.isWaiting
    }
    // A negative descriptor is ignored.
    var descriptors = [
      pollfd(fd: wakeUp, events: Int16(POLLIN), revents: 0),
      pollfd(fd: awaited?.descriptor ?? -1, events: Int16(truncatingIfNeeded: awaited?.events ?? 0), revents: 0),
    ]
    let limit = awaited?.deadline.map { Self.milliseconds(until: $0) } ?? -1
    let count = poll(&descriptors, 2, isIdle ? limit : 0)
    if isIdle { state.withLock { $0.isWaiting = false } }
    guard count > 0 else { return 0 }
    if descriptors[0].revents != 0 {
      var wakes: UInt64 = 0
      read(wakeUp, &wakes, MemoryLayout.size(ofValue: wakes))
    }
    return Int32(descriptors[1].revents)
  }

  /// The time for poll(2), rounded up so that it does not end too early.
  private static func milliseconds(until deadline: ContinuousClock.Instant) -> Int32 {
    let rest = deadline - .now
    return rest > .zero ? Int32(clamping: rest.milliseconds + 1) : 0
  }

  // MARK: Work

  func enqueue(_ job: consuming ExecutorJob) { add(.job(UnownedJob(job))) }

  /// Enqueues an operation that needs no task.
  func enqueue(_ operation: @escaping @Sendable () -> Void) { add(.operation(operation)) }

  private func add(_ item: Work) {
    let mustWake = state.withLock { state in
      state.work.append(item)
      defer { state.isWaiting = false }
      return state.isWaiting
    }
    if mustWake { wake() }
  }

  private func wake() {
    var one: UInt64 = 1
    write(wakeUp, &one, MemoryLayout.size(ofValue: one))
  }

  func checkIsolated() {
    precondition(thread.load(ordering: .acquiring) == UInt(pthread_self()), "not on the thread of the connection")
  }
}
