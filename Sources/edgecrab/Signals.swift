@preconcurrency import Dispatch

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// SIGTERM, SIGINT and SIGHUP as values.
enum Signals {
  /// The signals that ask this process to end, as they come.
  static func endings() -> AsyncStream<Int32> { stream(of: [SIGTERM, SIGINT]) { $0 } }

  /// The requests to read what can be read anew, as they come. From here on, SIGHUP ends this process no more.
  static func hangups() -> AsyncStream<Void> { stream(of: [SIGHUP]) { _ in } }

  private static func stream<Value>(
    of numbers: [Int32], _ value: @escaping @Sendable (Int32) -> Value
  ) -> AsyncStream<Value> {
    AsyncStream { continuation in
      let sources = numbers.map { number in
        // The default action would end the process before anybody reads the stream.
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number)
        source.setEventHandler { continuation.yield(value(number)) }
        source.resume()
        return source
      }
      continuation.onTermination = { _ in for source in sources { source.cancel() } }
    }
  }

  /// Runs `work` until it ends or a signal comes, which cancels it and lets it finish. A second signal ends the process
  /// at once.
  static func run(_ work: @escaping @Sendable () async throws -> Void) async throws {
    let running = Task { try await work() }
    let listening = Task {
      var isEnding = false
      for await number in endings() {
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
