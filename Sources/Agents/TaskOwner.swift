import Synchronization

/// Owns tasks that outlive the call that starts them, until each has ended.
final class TaskOwner: Sendable {
  private struct State {
    var tasks: [Int: Task<Void, Never>] = [:]
    var lastID = 0
    var isClosed = false
  }

  private let state = Mutex(State())

  /// Starts a task that prefers an executor. After `close()`, it is cancelled from the beginning.
  ///
  /// - Returns: a function that cancels it.
  func run(
    on executor: (any TaskExecutor)? = nil, _ operation: @escaping @Sendable () async -> Void
  ) -> @Sendable () -> Void {
    state.withLock { state in
      state.lastID += 1
      let id = state.lastID
      let task = Task(executorPreference: executor) {
        await operation()
        self.state.withLock { $0.tasks[id] = nil }
      }
      state.tasks[id] = task
      if state.isClosed { task.cancel() }
      return { task.cancel() }
    }
  }

  /// Cancels all tasks and waits until they have ended.
  func close() async {
    let tasks = state.withLock { state in
      state.isClosed = true
      return Array(state.tasks.values)
    }
    for task in tasks { task.cancel() }
    for task in tasks { await task.value }
  }
}

/// The operation did not end within its time.
struct TimeLimitExceeded: Error {}

/// Runs an operation, and cancels it when its time is up.
///
/// - Throws: `TimeLimitExceeded` then, once the operation has ended; otherwise the operation's error.
func withTimeLimit<Value: Sendable>(
  _ limit: Duration, _ operation: @escaping @Sendable () async throws -> Value
) async throws -> Value {
  try await withThrowingTaskGroup(of: Value?.self) { group in
    group.addTask { try await operation() }
    group.addTask {
      try await Task.sleep(for: limit)
      return nil
    }
    defer { group.cancelAll() }
    guard let value = try await group.next() ?? nil else { throw TimeLimitExceeded() }
    return value
  }
}
