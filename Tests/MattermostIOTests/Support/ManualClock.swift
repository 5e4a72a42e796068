import Synchronization
import TestSupport

@testable import MattermostIO

/// A clock that stands still until a test moves it.
final class ManualClock: Sendable {
  private struct State {
    var now = ContinuousClock.now
    var lastID = 0
    var sleepers: [Int: (until: ContinuousClock.Instant, wake: CheckedContinuation<Void, any Error>)] = [:]
    var cancelled: Set<Int> = []
  }

  private let state = Mutex(State())
  /// The length of every sleep, as it begins.
  let sleeps = AsyncQueue<Duration>()

  var time: TimeAndChance {
    TimeAndChance(
      now: { self.state.withLock { $0.now } }, sleep: { try await self.sleep($0) }, random: { 0.5 })
  }

  private func sleep(_ duration: Duration) async throws {
    let id = state.withLock { state in
      state.lastID += 1
      return state.lastID
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { wake in
        let isCancelled = state.withLock { state in
          if state.cancelled.contains(id) { return true }
          state.sleepers[id] = (state.now + duration, wake)
          return false
        }
        if isCancelled { wake.resume(throwing: CancellationError()) } else { sleeps(duration) }
      }
    } onCancel: {
      let wake = state.withLock { state in
        state.cancelled.insert(id)
        return state.sleepers.removeValue(forKey: id)?.wake
      }
      wake?.resume(throwing: CancellationError())
    }
  }

  /// Moves the time on and ends the sleeps that are over.
  func advance(by duration: Duration) {
    let due = state.withLock { state in
      state.now += duration
      let due = state.sleepers.filter { $0.value.until <= state.now }
      for id in due.keys { state.sleepers[id] = nil }
      return due.values.map(\.wake)
    }
    for wake in due { wake.resume() }
  }

  /// Waits until somebody sleeps for so long, then moves the time past it.
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
