import NIOCore

/// The tasks that answer requests and serve WebSockets, so that a server that stops can end them. Used on the event loop
/// only.
final class TaskRegistry {
  private var tasks: [Int: Task<Void, Never>] = [:]
  private var started = 0

  /// Runs an operation off the event loop, and hands what it returns to `then` on it.
  func run<Value: Sendable>(
    on loop: any EventLoop, _ operation: @escaping @Sendable () async -> Value, then: @escaping (Value) -> Void
  ) {
    let id = started
    started += 1
    let result = loop.makePromise(of: Value.self)
    tasks[id] = Task { result.succeed(await operation()) }
    result.futureResult.assumeIsolated().whenSuccess { value in
      self.tasks[id] = nil
      then(value)
    }
  }

  /// Cancels every task that runs, and returns them.
  func cancelAll() -> [Task<Void, Never>] {
    for task in tasks.values { task.cancel() }
    return Array(tasks.values)
  }
}
