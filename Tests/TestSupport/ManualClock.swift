import Synchronization

/// A clock that only a test advances.
package final class ManualClock: Clock, Sendable {
  package struct Instant: InstantProtocol {
    var offset: Duration

    package func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }

    package func duration(to other: Instant) -> Duration { other.offset - offset }

    package static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
  }

  private struct Sleeper {
    let deadline: Instant
    let continuation: CheckedContinuation<Void, any Error>
  }

  private struct State {
    var now = Instant(offset: .zero)
    var sleepers: [Int: Sleeper] = [:]
    var lastID = 0
  }

  private let state = Mutex(State())
  private let sleeps: AsyncStream<Duration>
  private let didSleep: AsyncStream<Duration>.Continuation

  package init() { (sleeps, didSleep) = AsyncStream.makeStream() }

  package var now: Instant { state.withLock(\.now) }

  package var minimumResolution: Duration { .zero }

  package func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    let id = state.withLock { state in
      state.lastID += 1
      return state.lastID
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let length: Duration? = state.withLock { state in
          guard !Task.isCancelled, deadline > state.now else { return nil }
          state.sleepers[id] = Sleeper(deadline: deadline, continuation: continuation)
          return state.now.duration(to: deadline)
        }
        guard let length else {
          return Task.isCancelled ? continuation.resume(throwing: CancellationError()) : continuation.resume()
        }
        didSleep.yield(length)
      }
    } onCancel: {
      state.withLock { $0.sleepers.removeValue(forKey: id) }?.continuation.resume(throwing: CancellationError())
    }
  }

  /// Advances the clock, and ends the sleeps whose deadline has passed.
  package func advance(by duration: Duration) {
    let woken = state.withLock { state in
      state.now = state.now.advanced(by: duration)
      let woken = state.sleepers.filter { $0.value.deadline <= state.now }
      for id in woken.keys { state.sleepers[id] = nil }
      return woken.values.map(\.continuation)
    }
    for continuation in woken { continuation.resume() }
  }

  /// Waits until a task begins to sleep, and returns the duration.
  package func nextSleep() async -> Duration? {
    for await length in sleeps { return length }
    return nil
  }
}
