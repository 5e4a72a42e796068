@preconcurrency import Dispatch
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Runs work until SIGTERM or SIGINT, and turns SIGHUP into reload requests.
enum Signals {
  /// Runs `work` until it returns, or cancels it on the first SIGTERM or SIGINT and waits for its end. A second signal
  /// exits at once.
  static func run(_ work: @escaping @Sendable () async throws -> Void) async throws {
    let signals = await signals([SIGTERM, SIGINT])
    let running = Task { try await work() }
    let listening = Task {
      var isShuttingDown = false
      for await number in signals {
        if isShuttingDown { exit(128 + number) }
        isShuttingDown = true
        Output.message("shutting down; a second signal exits at once")
        running.cancel()
      }
    }
    defer { listening.cancel() }
    try await running.value
  }

  /// Runs `work` as `run(_:)` does, with the requests to reload that SIGHUP makes.
  ///
  /// If the terminal that the process was started on is closed, SIGHUP cancels `work` instead. If SIGHUP was ignored
  /// from the start, as by `nohup`, each SIGHUP is a reload request.
  static func runReloading(
    _ work: @escaping @Sendable (_ requests: ReloadRequests) async throws -> Void
  ) async throws {
    let terminal = isIgnored(SIGHUP) ? nil : ControllingTerminal()
    let hangups = await signals([SIGHUP])
    let requests = ReloadRequests()
    try await run {
      try await withThrowingTaskGroup { group in
        group.addTask { try await work(requests) }
        group.addTask {
          for await _ in hangups {
            if terminal?.isClosed == true { return Output.message("the terminal was closed; shutting down") }
            requests.request()
          }
        }
        // The end of either one ends the other.
        try await group.next()
        group.cancelAll()
        try await group.waitForAll()
      }
    }
  }

  /// Returns a stream of the numbers of received signals. Once this returns, the signals no longer have their default
  /// action and none is missed.
  static func signals(_ numbers: [Int32]) async -> AsyncStream<Int32> {
    let (signals, continuation) = AsyncStream.makeStream(of: Int32.self)
    var sources: [any DispatchSourceSignal] = []
    for number in numbers {
      await withCheckedContinuation { installed in
        sources.append(source(of: number, onInstalled: { installed.resume() }) { continuation.yield(number) })
      }
    }
    continuation.onTermination = { [sources] _ in for source in sources { source.cancel() } }
    return signals
  }

  private static func source(
    of number: Int32, onInstalled: @escaping @Sendable () -> Void, onSignal: @escaping @Sendable () -> Void
  ) -> any DispatchSourceSignal {
    let source = DispatchSource.makeSignalSource(signal: number)
    source.setEventHandler { onSignal() }
    source.setRegistrationHandler { onInstalled() }
    source.resume()
    return source
  }

  private static func isIgnored(_ number: Int32) -> Bool {
    let action = signal(number, SIG_IGN)
    signal(number, action)
    // Functions cannot be compared, but their addresses can.
    return unsafeBitCast(action, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}

/// Requests to load the rules again, for one gateway after another: an `AsyncStream` ends with the task that reads it.
final class ReloadRequests: Sendable {
  private let listener = Mutex<AsyncStream<Void>.Continuation?>(nil)

  /// Returns the requests from now on; the streams that were returned before end.
  func next() -> AsyncStream<Void> {
    let (requests, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    listener.withLock { listener in
      listener?.finish()
      listener = continuation
    }
    return requests
  }

  func request() { listener.withLock { _ = $0?.yield() } }
}

/// The terminal that controls this process, if any. The system announces its end by SIGHUP.
private struct ControllingTerminal {
  private let existedAtStart = Self.exists

  /// Indicates whether the process had a terminal when this value was created, but has lost it.
  var isClosed: Bool { existedAtStart && !Self.exists }

  private static var exists: Bool {
    let file = open("/dev/tty", O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    // Other errors, such as a lack of descriptors, are not about the terminal.
    guard file >= 0 else { return errno != ENXIO && errno != EIO }
    close(file)
    return true
  }
}
