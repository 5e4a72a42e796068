extension Task where Success == Never, Failure == Never {
  /// The executor that the current task prefers, or `nil`.
  ///
  /// Children of a task inherit its preference; unstructured tasks, such as one that works on its behalf until something
  /// is over, do so only if it is passed on:
  ///
  ///     Task(executorPreference: Task.preferredExecutor) { await work() }
  package static var preferredExecutor: (any TaskExecutor)? {
    unsafe withUnsafeCurrentTask { unsafe $0?.unownedTaskExecutor?.asTaskExecutor() }
  }
}

/// An executor with timers of its own.
package protocol TimedExecutor: TaskExecutor {
  /// Returns when the time has come.
  ///
  /// - Throws: `CancellationError` as soon as the task is cancelled.
  func sleep(until deadline: ContinuousClock.Instant) async throws
}

/// The continuous clock, which wakes a task by the timers of the executor that it prefers. Those of Swift's own executor
/// wake two other threads first.
package struct PreferredClock: Clock {
  package init() {}

  package var now: ContinuousClock.Instant { .now }

  package var minimumResolution: Duration { ContinuousClock().minimumResolution }

  package func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws {
    if let executor = Task.preferredExecutor as? any TimedExecutor {
      try await executor.sleep(until: deadline)
    } else {
      try await Task.sleep(until: deadline, tolerance: tolerance, clock: .continuous)
    }
  }
}

extension Clock where Self == PreferredClock {
  package static var preferred: PreferredClock { PreferredClock() }
}
