import Synchronization

/// Starts operations after a delay that is the same for all of them, with one timer.
///
/// For operations that are usually cancelled in time, such as showing that an answer takes long. If each of them slept
/// in a task of its own, each would set and cancel a timer of the system, and wake a thread for both:
///
///     let showing = DelayedTask(in: queue) { await show() }
///     let answer = await answer()
///     await showing.end()
package final class DelayQueue: Sendable {
  /// The position of an operation that waits.
  package struct Entry: Sendable {
    fileprivate let id: Int
  }

  private struct State {
    var operations: [Int: @Sendable () -> Void] = [:]
    /// The operations in their order, with those that were cancelled, and when they start.
    var order: [(id: Int, due: Duration)] = []
    var lastID = 0
    var hasTimer = false

    /// Removes and returns the operations that start at a time, or before it.
    mutating func takeDue(at now: Duration) -> [@Sendable () -> Void] {
      let count = order.firstIndex { $0.due > now } ?? order.count
      let due = order[..<count].compactMap { operations.removeValue(forKey: $0.id) }
      order.removeFirst(count)
      return due
    }

    /// Returns when the next operation starts, or `nil` if none waits.
    mutating func nextDue() -> Duration? {
      order.removeFirst(order.firstIndex { operations[$0.id] != nil } ?? order.count)
      hasTimer = !order.isEmpty
      return order.first?.due
    }
  }

  private let delay: Duration
  /// The time by the clock since the queue was made.
  private let elapsed: @Sendable () -> Duration
  private let sleep: @Sendable (_ until: Duration) async throws -> Void
  private let state = Mutex(State())

  package init<C: Clock>(delay: Duration, clock: C = PreferredClock()) where C.Duration == Duration {
    self.delay = delay
    let start = clock.now
    elapsed = { start.duration(to: clock.now) }
    sleep = { try await clock.sleep(until: start.advanced(by: $0), tolerance: nil) }
  }

  /// Starts an operation after the delay. It has to return soon: others wait for it.
  package func schedule(_ operation: @escaping @Sendable () -> Void) -> Entry {
    let (entry, needsTimer) = state.withLock { state in
      state.lastID += 1
      state.operations[state.lastID] = operation
      state.order.append((state.lastID, elapsed() + delay))
      defer { state.hasTimer = true }
      return (Entry(id: state.lastID), !state.hasTimer)
    }
    // Detached: the operations have nothing to do with the task that happens to start the timer.
    if needsTimer { Task.detached(executorPreference: Task.preferredExecutor) { await self.runTimer() } }
    return entry
  }

  /// Removes an operation; returns false if it has started.
  @discardableResult
  package func cancel(_ entry: Entry) -> Bool {
    state.withLock { $0.operations.removeValue(forKey: entry.id) != nil }
  }

  /// Starts operations until none waits.
  private func runTimer() async {
    while let due = state.withLock({ $0.nextDue() }) {
      // Never cancelled.
      try? await sleep(due)
      for operation in state.withLock({ $0.takeDue(at: elapsed()) }) { operation() }
    }
  }
}

/// A task that starts after the delay of a queue, unless it is cancelled before.
package final class DelayedTask: Sendable {
  private struct State {
    var entry: DelayQueue.Entry?
    var task: Task<Void, Never>?
    var isCancelled = false
  }

  private let queue: DelayQueue
  private let state = Mutex(State())

  package init(in queue: DelayQueue, _ operation: @escaping @Sendable () async -> Void) {
    self.queue = queue
    let executor = Task.preferredExecutor
    let entry = queue.schedule { self.start(operation, on: executor) }
    state.withLock { $0.entry = entry }
  }

  private func start(_ operation: @escaping @Sendable () async -> Void, on executor: (any TaskExecutor)?) {
    state.withLock { state in
      if !state.isCancelled { state.task = Task(executorPreference: executor) { await operation() } }
    }
  }

  /// Cancels the task, which does not start any more if it has not.
  package func cancel() {
    let (entry, task) = state.withLock { state in
      state.isCancelled = true
      return (state.entry, state.task)
    }
    if let entry { queue.cancel(entry) }
    task?.cancel()
  }

  /// Cancels the task, and returns when it is over.
  package func end() async {
    cancel()
    await state.withLock(\.task)?.value
  }
}
