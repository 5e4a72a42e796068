import Synchronization
import TestSupport

@testable import MattermostIO

/// A clock that only a test advances.
final class ManualClock: MonotonicClock {
  private struct State {
    var now = ContinuousClock.now
    var lastID = 0
    var sleepers: [Int: (until: ContinuousClock.Instant, wake: CheckedContinuation<Void, any Error>)] = [:]
    var cancelled: Set<Int> = []
  }

  private let state = Mutex(State())
  /// The duration of every sleep, when it starts.
  let sleeps = AsyncQueue<Duration>()

  var now: ContinuousClock.Instant { state.withLock { $0.now } }
  let minimumResolution = Duration.nanoseconds(1)

  func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws {
    let duration = deadline - now
    let id = state.withLock { state in
      state.lastID += 1
      return state.lastID
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { wake in
        enum Start { case sleeping, passed, cancelled }
        let start = state.withLock { state -> Start in
          if state.cancelled.contains(id) { return .cancelled }
          if deadline <= state.now { return .passed }
          state.sleepers[id] = (deadline, wake)
          return .sleeping
        }
        switch start {
        case .sleeping: sleeps(duration)
        case .passed: wake.resume()
        case .cancelled: wake.resume(throwing: CancellationError())
        }
      }
    } onCancel: {
      let wake = state.withLock { state in
        state.cancelled.insert(id)
        return state.sleepers.removeValue(forKey: id)?.wake
      }
      wake?.resume(throwing: CancellationError())
    }
  }

  /// Advances the time, and ends the sleeps whose deadline has passed.
  func advance(by duration: Duration) {
    let due = state.withLock { state in
      state.now += duration
      let due = state.sleepers.filter { $0.value.until <= state.now }
      for id in due.keys { state.sleepers[id] = nil }
      return due.values.map(\.wake)
    }
    for wake in due { wake.resume() }
  }

  /// Waits for a sleep of this duration, and then advances the time by it.
  func pass(_ duration: Duration) async -> Bool {
    while let sleep = await sleeps.next() {
      if sleep == duration {
        advance(by: duration)
        return true
      }
    }
    return false
  }
}

/// A clock on which every sleep ends at once. It records their durations.
final class Sleepless: MonotonicClock {
  private let state = Mutex<(slept: [Duration], now: ContinuousClock.Instant)>(([], .now))

  var slept: [Duration] { state.withLock { $0.slept } }
  var now: ContinuousClock.Instant { state.withLock { $0.now } }
  let minimumResolution = Duration.nanoseconds(1)

  func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws {
    try Task.checkCancellation()
    state.withLock { state in
      state.slept.append(deadline - state.now)
      state.now = max(state.now, deadline)
    }
  }
}

/// A generator that always generates the same number.
struct FixedGenerator: RandomNumberGenerator, Sendable {
  private let bits: UInt64

  /// Creates a generator for which `Double.random(in: 0..<1)` is `number`.
  init(_ number: Double) { bits = UInt64(number * 0x1p53) }

  func next() -> UInt64 { bits }
}
