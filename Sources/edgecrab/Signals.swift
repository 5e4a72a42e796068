@preconcurrency import Dispatch

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// SIGTERM, SIGINT and SIGHUP as values.
enum Signals {
  /// These signals, as they come. Until this returns, they do what they would; from then on, they do no more and none is
  /// lost.
  private static func arrivals(of numbers: [Int32]) async -> AsyncStream<Int32> {
    let (arrivals, arrival) = AsyncStream.makeStream(of: Int32.self)
    var sources: [any DispatchSourceSignal] = []
    for number in numbers {
      await withCheckedContinuation { installed in
        sources.append(source(of: number, installed: { installed.resume() }) { arrival.yield(number) })
      }
    }
    arrival.onTermination = { [sources] _ in for source in sources { source.cancel() } }
    return arrivals
  }

  /// Calls `take` for every signal of this number, from the call of `installed` on.
  private static func source(
    of number: Int32, installed: @escaping @Sendable () -> Void, _ take: @escaping @Sendable () -> Void
  ) -> any DispatchSourceSignal {
    let source = DispatchSource.makeSignalSource(signal: number)
    source.setEventHandler { take() }
    source.setRegistrationHandler { installed() }
    source.resume()
    return source
  }

  /// Runs `work` until it ends or a signal comes, which cancels it and lets it finish. A second signal ends the process
  /// at once.
  static func run(_ work: @escaping @Sendable () async throws -> Void) async throws {
    let endings = await arrivals(of: [SIGTERM, SIGINT])
    let running = Task { try await work() }
    let listening = Task {
      var isEnding = false
      for await number in endings {
        if isEnding { exit(128 + number) }
        isEnding = true
        Output.notice("edgecrab: ending; once more ends at once")
        running.cancel()
      }
    }
    defer { listening.cancel() }
    try await running.value
  }

  /// Runs `work` as `run` does, and hands it the requests to read anew what it has read: each SIGHUP.
  ///
  /// The one that comes because the terminal was closed cancels it, unless SIGHUP was ignored from the start, as with
  /// `nohup`: then it is a request as well.
  static func runReloading(
    _ work: @escaping @Sendable (_ requests: AsyncStream<Void>) async throws -> Void
  ) async throws {
    let terminal = isIgnored(SIGHUP) ? nil : ControllingTerminal()
    let hangups = await arrivals(of: [SIGHUP])
    let (requests, request) = AsyncStream.makeStream(of: Void.self)
    try await run {
      try await withThrowingTaskGroup { group in
        group.addTask { try await work(requests) }
        group.addTask {
          for await _ in hangups {
            if terminal?.isClosed == true { return Output.notice("edgecrab: the terminal was closed; ending") }
            request.yield()
          }
        }
        // Whichever ends first, the other one is to end as well.
        try await group.next()
        group.cancelAll()
        try await group.waitForAll()
      }
    }
  }

  private static func isIgnored(_ number: Int32) -> Bool {
    let action = signal(number, SIG_IGN)
    signal(number, action)
    // A number in the place of a function: functions cannot be compared.
    return unsafeBitCast(action, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
