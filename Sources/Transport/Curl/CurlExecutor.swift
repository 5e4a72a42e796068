internal import CCurl
internal import Glibc
internal import Synchronization

/// The one thread on which all of curl runs, as an executor: a job that is enqueued wakes the thread out of
/// `curl_multi_poll`. This file holds the only lock of the room.
final class CurlExecutor: SerialExecutor {
  /// The multi handle. Of curl's functions only `curl_multi_wakeup` may be called with it from another thread, and
  /// `enqueue` is the only caller that does; everything else happens on the thread of this executor.
  nonisolated(unsafe) let multi: UnsafeMutableRawPointer
  private let waiting = Mutex<[UnownedJob]>([])
  private let thread = Atomic<UInt>(0)

  init() {
    guard curlGlobalInit() == CURLE_OK, let multi = curl_multi_init() else {
      preconditionFailure("libcurl could not be initialised: out of memory")
    }
    self.multi = multi
    _ = curlSetMulti(multi, CURLMOPT_MAXCONNECTS, Limits.idleConnectionsMax)
    var descriptors = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &descriptors)
    _ = curlSetMulti(
      multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, Limits.connectionsMax(descriptors: descriptors.rlim_cur))
  }

  /// Starts the thread, which runs jobs and `turn` one after the other until the process ends. `turn` has to wait in
  /// `curl_multi_poll`.
  func start(turn: @escaping @Sendable () -> Void) {
    let body = Unmanaged.passRetained(ThreadBody { [self] in run(turn: turn) })
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

  private func run(turn: () -> Void) {
    thread.store(UInt(pthread_self()), ordering: .releasing)
    // Signals are other threads' work. SIGPIPE above all: OpenSSL writes to sockets that the peer has closed.
    var signals = sigset_t()
    sigfillset(&signals)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    while true {
      for job in waiting.withLock({ jobs in exchange(&jobs, with: []) }) {
        job.runSynchronously(on: asUnownedSerialExecutor())
      }
      turn()
    }
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let isFirst = waiting.withLock { jobs in
      jobs.append(job)
      return jobs.count == 1
    }
    if isFirst { curl_multi_wakeup(multi) }
  }

  func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

  func checkIsolated() {
    precondition(thread.load(ordering: .acquiring) == UInt(pthread_self()), "not on the thread of libcurl")
  }

  /// What `pthread_create` carries over to the new thread.
  private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }
}

/// Puts a new value in place and returns the old one.
private func exchange<Value>(_ place: inout Value, with new: Value) -> Value {
  defer { place = new }
  return place
}
