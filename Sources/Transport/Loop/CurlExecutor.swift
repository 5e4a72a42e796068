internal import CCurl
internal import Glibc
internal import Synchronization

/// The serial executor of `CurlLoop`: one thread that runs all of curl. Enqueuing a job wakes the thread from
/// `curl_multi_poll`.
final class CurlExecutor: SerialExecutor {
  /// The multi handle, for the thread of this executor only. The exception is `curl_multi_wakeup`, which libcurl lets
  /// any thread call, and only `enqueue` does.
  nonisolated(unsafe) let multi: UnsafeMutableRawPointer
  private let jobs = Mutex<[UnownedJob]>([])
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

  /// Starts the thread, which alternates between the enqueued jobs and `iteration` until the process ends. `iteration`
  /// must wait in `curl_multi_poll`.
  func start(iteration: @escaping @Sendable () -> Void) {
    let body = Unmanaged.passRetained(ThreadBody { [self] in run(iteration) })
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

  private func run(_ iteration: () -> Void) {
    thread.store(UInt(pthread_self()), ordering: .releasing)
    // Other threads handle signals. SIGPIPE must not arrive here: OpenSSL writes to sockets that the peer has closed.
    var signals = sigset_t()
    sigfillset(&signals)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    while true {
      let enqueued = jobs.withLock { jobs in
        defer { jobs = [] }
        return jobs
      }
      for job in enqueued { job.runSynchronously(on: asUnownedSerialExecutor()) }
      iteration()
    }
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let isFirst = jobs.withLock { jobs in
      jobs.append(job)
      return jobs.count == 1
    }
    if isFirst { curl_multi_wakeup(multi) }
  }

  func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

  func checkIsolated() {
    precondition(thread.load(ordering: .acquiring) == UInt(pthread_self()), "not on the thread of libcurl")
  }

  /// The argument of `pthread_create`.
  private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }
}
