import RuleEngine
import Synchronization
import Tracing

/// Passes the parts of a response to its consumer, and fails the response when the agent exceeds its time.
///
/// A part is passed on under one lock and wakes no other task: `watch()` sleeps until the earliest moment at which a
/// limit could be exceeded and looks only then whether it was.
final class ResponseWriter: Sendable {
  private struct State {
    /// True if the current attempt has written anything that people see.
    var hasBegun = false
    /// The time at which the agent counts as silent, and the limit that makes it so; `nil` between attempts and without
    /// a limit.
    var silence: (deadline: Duration, limitSeconds: Int)?
    /// The number of calls of `withoutIdleLimit(_:)` that are running.
    var suspensions = 0
  }

  private let agent: String
  private let limits: AgentLimits
  private let parts: ResponseStream.Continuation
  private let stopwatch: Stopwatch
  private let state = Mutex(State())

  /// Starts the agent's `timeout`.
  init(agent: String, limits: AgentLimits, parts: ResponseStream.Continuation, clock: some Clock<Duration>) {
    (self.agent, self.limits, self.parts) = (agent, limits, parts)
    stopwatch = Stopwatch(clock)
  }

  /// True if the current attempt has written anything that people see.
  var hasBegun: Bool { state.withLock(\.hasBegun) }

  /// The time at which the agent counts as silent, by the time since the creation, or `nil` if it may be silent.
  var silenceDeadline: Duration? { state.withLock { $0.silence?.deadline } }

  /// Passes a part on.
  func write(_ part: ResponsePart) {
    state.withLock { state in
      if part.startsAnswer { state.hasBegun = true }
      restartIdleLimit(&state)
    }
    if case .usage(let usage) = part {
      Span.current?.set(.inputTokens, .int(usage.input))
      Span.current?.set(.outputTokens, .int(usage.output))
    }
    parts.yield(part)
  }

  /// Records that the agent is at work although it has written nothing.
  func keepAlive() { state.withLock { restartIdleLimit(&$0) } }

  /// Runs an operation during which the agent has a reason to be silent, such as a question to people.
  func withoutIdleLimit<Value>(_ operation: () async -> Value) async -> Value {
    state.withLock { state in
      state.suspensions += 1
      state.silence = nil
    }
    defer {
      state.withLock { state in
        state.suspensions -= 1
        restartIdleLimit(&state)
      }
    }
    return await operation()
  }

  /// Starts an attempt, and with it the agent's `first_byte`.
  func beginAttempt() {
    state.withLock { state in
      state.hasBegun = false
      state.silence = limits.firstByteSeconds.map { (stopwatch.elapsed() + .seconds($0), $0) }
    }
  }

  /// Ends an attempt: until the next one, nothing is expected of the agent.
  func endAttempt() { state.withLock { $0.silence = nil } }

  /// Fails the response as soon as a limit is exceeded; returns then, or when the task is cancelled.
  func watch() async {
    // A limit that starts while this sleeps ends no sooner than this.
    let shortest = Duration.seconds(
      [limits.firstByteSeconds, limits.idleSeconds].compactMap(\.self).min() ?? limits.timeoutSeconds)
    while true {
      let now = stopwatch.elapsed()
      let silence = state.withLock(\.silence)
      if now >= .seconds(limits.timeoutSeconds) {
        return parts.finish(throwing: AgentFailure(.tookTooLong, agent: agent))
      }
      if let silence, now >= silence.deadline {
        return parts.finish(
          throwing: AgentFailure(.silent, agent: agent, detail: "no sign for \(silence.limitSeconds) s"))
      }
      let end = min(.seconds(limits.timeoutSeconds), silence?.deadline ?? .seconds(limits.timeoutSeconds))
      do { try await stopwatch.sleep(min(end - now, shortest)) } catch { return }
    }
  }

  private func restartIdleLimit(_ state: inout State) {
    guard state.suspensions == 0 else { return }
    state.silence = limits.idleSeconds.map { (stopwatch.elapsed() + .seconds($0), $0) }
  }
}

/// Measures the time since its creation by any clock.
private struct Stopwatch: Sendable {
  let elapsed: @Sendable () -> Duration
  let sleep: @Sendable (Duration) async throws -> Void

  init<C: Clock<Duration>>(_ clock: C) {
    let start = clock.now
    elapsed = { start.duration(to: clock.now) }
    sleep = { try await clock.sleep(for: $0) }
  }
}
