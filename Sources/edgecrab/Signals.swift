@preconcurrency import Dispatch

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// SIGTERM, SIGINT and SIGHUP as values.
enum Signals {
  /// The requests to read what can be read anew, as they come. From here on, SIGHUP ends this process no more.
  static func hangups() -> AsyncStream<Void> {
    // The default action would end the process before the source is there.
    signal(SIGHUP, SIG_IGN)
    return AsyncStream { request in
      let source = source(of: SIGHUP) { request.yield() }
      request.onTermination = { _ in source.cancel() }
    }
  }

  /// The signals that ask this process to end, as they come. Until this returns, they end it; from then on, none is lost.
  private static func endings() async -> AsyncStream<Int32> {
    let (endings, ending) = AsyncStream.makeStream(of: Int32.self)
    var sources: [any DispatchSourceSignal] = []
    for number in [SIGTERM, SIGINT] {
      await withCheckedContinuation { installed in
        sources.append(source(of: number, installed: { installed.resume() }) { ending.yield(number) })
      }
    }
    ending.onTermination = { [sources] _ in for source in sources { source.cancel() } }
    return endings
  }

  /// Calls `take` for every signal of this number, from the call of `installed` on.
  private static func source(
    of number: Int32, installed: @escaping @Sendable () -> Void = {}, _ take: @escaping @Sendable () -> Void
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
    let endings = await endings()
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
}
