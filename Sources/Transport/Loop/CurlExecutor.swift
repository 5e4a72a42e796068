internal import CCurl
internal import Core
internal import Glibc
internal import Synchronization

/// The thread of the network: it runs the jobs of `CurlLoop`, those of the tasks that prefer it, and curl.
///
/// It works until nothing is left to do, and then waits for the sockets. Jobs that it enqueues itself wake nobody; those
/// of other threads wake it by an event descriptor, and only if it waits.
final class CurlExecutor: SerialExecutor {
  /// The multi handle, for this thread only.
  nonisolated(unsafe) let multi: UnsafeMutableRawPointer

  private enum Work: Sendable {
    case job(UnownedJob)
    /// A job of a task that prefers this thread.
    case preferring(UnownedJob)
    case operation(@Sendable () -> Void)
  }

  private struct State {
    var work: [Work] = []
    var isWaiting = false
  }

  private let state = Mutex(State())
  private let wakeUp: Int32
  private let thread = Atomic<UInt>(0)

  init() {
    guard curlGlobalInit() == CURLE_OK, let multi = curl_multi_init() else {
      preconditionFailure("libcurl could not be initialised: out of memory")
    }
    self.multi = multi
    wakeUp = eventDescriptor()
    precondition(wakeUp >= 0, "the event descriptor of the network thread could not be created: errno \(errno)")
    _ = curlSetMulti(multi, CURLMOPT_MAXCONNECTS, Limits.idleConnectionsMax)
    var descriptors = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &descriptors)
    _ = curlSetMulti(
      multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, Limits.connectionsMax(descriptors: descriptors.rlim_cur))
  }

  // MARK: The thread

  /// Starts the thread, which runs until the process ends.
  ///
  /// - Parameters:
  ///   - advance: Called when all work is done, or `Limits.workPerAdvance` of it; it may add some.
  ///   - wait: Called after it. It must call `wait(for:atMost:)`.
  func start(advance: @escaping @Sendable () -> Void, wait: @escaping @Sendable () -> Void) {
    let body = Unmanaged.passRetained(ThreadBody { [self] in run(advance, wait) })
    var thread = pthread_t()
    let result = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, body.toOpaque())
    precondition(result == 0, "the thread for libcurl could not be started: errno \(result)")
  }

  private func run(_ advance: () -> Void, _ wait: () -> Void) {
    thread.store(UInt(pthread_self()), ordering: .releasing)
    // Other threads handle signals. SIGPIPE must not arrive here: OpenSSL writes to sockets that the peer has closed.
    var signals = sigset_t()
    sigfillset(&signals)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    var work: [Work] = []
    while true {
      var count = 0
      repeat {
        // A task that changes its actor enqueues one job after the other, and curl need not advance after each.
        let start = count
        repeat {
          state.withLock { swap(&$0.work, &work) }
          for item in work { run(item) }
          count += work.count
          work.removeAll(keepingCapacity: true)
        } while hasWork && count - start < Limits.workPerAdvance
        advance()
      } while hasWork && count < Limits.workPerTurn
      wait()
    }
  }

  private func run(_ work: Work) {
    switch work {
    case .job(let job): job.runSynchronously(on: asUnownedSerialExecutor())
    case .preferring(let job): job.runSynchronously(on: NetworkThread.shared.asUnownedTaskExecutor())
    case .operation(let operation): operation()
    }
  }

  private var hasWork: Bool { state.withLock { !$0.work.isEmpty } }

  /// Waits until a descriptor is ready, work is enqueued or the time is over; if there is work, only looks which
  /// descriptors are ready. For this thread only.
  func wait(for descriptors: inout [pollfd], atMost limit: Duration) {
    let isIdle = state.withLock { state in
      state.isWaiting = state.work.isEmpty
      return state.isWaiting
    }
    descriptors.append(pollfd(fd: wakeUp, events: Int16(POLLIN), revents: 0))
    poll(&descriptors, nfds_t(descriptors.count), isIdle ? Int32(clamping: limit.curlMilliseconds) : 0)
    if isIdle { state.withLock { $0.isWaiting = false } }
    if descriptors.removeLast().revents != 0 {
      var count: UInt64 = 0
      read(wakeUp, &count, MemoryLayout.size(ofValue: count))
    }
  }

  // MARK: Work

  func enqueue(_ job: consuming ExecutorJob) { add(.job(UnownedJob(job))) }

  fileprivate func enqueue(preferring job: consuming ExecutorJob) { add(.preferring(UnownedJob(job))) }

  /// Enqueues an operation that needs no task.
  func enqueue(_ operation: @escaping @Sendable () -> Void) { add(.operation(operation)) }

  private func add(_ item: Work) {
    let mustWake = state.withLock { state in
      state.work.append(item)
      defer { state.isWaiting = false }
      return state.isWaiting
    }
    guard mustWake else { return }
    var one: UInt64 = 1
    write(wakeUp, &one, MemoryLayout.size(ofValue: one))
  }

  func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

  /// True on this thread.
  var isCurrent: Bool { thread.load(ordering: .acquiring) == UInt(pthread_self()) }

  func checkIsolated() { precondition(isCurrent, "not on the thread of libcurl") }

  /// The argument of `pthread_create`.
  private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }
}

/// The thread of all HTTP and WebSocket transfers, as an executor that tasks can prefer.
///
/// A task on it sends and receives without waking another thread. It must not block: meanwhile nothing is sent or
/// received. A task inherits the preference only from its parent; `Task.preferredExecutor` passes it on to one without.
package final class NetworkThread: TimedExecutor {
  package static let shared = NetworkThread()

  private init() {}

  package func enqueue(_ job: consuming ExecutorJob) { CurlLoop.shared.executor.enqueue(preferring: job) }

  package func sleep(until deadline: ContinuousClock.Instant) async throws {
    guard await CurlLoop.shared.sleep(until: deadline) else { throw CancellationError() }
  }
}
