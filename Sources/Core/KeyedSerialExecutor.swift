import Synchronization

/// Runs operations one after another per key, concurrently across keys, and never more of them than its capacity.
///
/// With a conversation as the key, a message that was written after `/new` is read after it:
///
///     await executor.enqueue(for: conversation) { await startNewConversation() }
///     await executor.enqueue(for: conversation) { await answer(message) }
///
/// An operation must not wait for capacity of the executor that it runs in: if operations queued after it used all of
/// it, it would wait for itself.
package final class KeyedSerialExecutor<Key: Hashable & Sendable>: Sendable {
  private struct Operation {
    let wait: @Sendable () async -> Void
    let cancel: @Sendable () -> Void
  }

  private struct State {
    var capacity: Int
    var operations: [Int: Operation] = [:]
    var lastID = 0
    /// The ids of the operations enqueued last, by their keys.
    var tails: [Key: Int] = [:]
    var isCancelled = false
    var idleWaiters: [Int: CheckedContinuation<Void, Never>] = [:]
    var capacityWaiters: [CheckedContinuation<Void, Never>] = []

    var hasCapacity: Bool { operations.count < capacity }

    mutating func nextID() -> Int {
      lastID += 1
      return lastID
    }
  }

  private let state: Mutex<State>

  /// Creates an executor.
  ///
  /// - Parameter capacity: the most operations at once, queued and running, over all keys.
  package init(capacity: Int) { state = Mutex(State(capacity: capacity)) }

  /// Enqueues an operation, as soon as there is capacity for it, and returns without waiting for it.
  package func enqueue(for key: Key, _ operation: @escaping @Sendable () async -> Void) async {
    _ = await startWithCapacity(operation, for: key)
  }

  /// Enqueues an operation if there is capacity for it, and returns whether there was.
  package func tryEnqueue(for key: Key, _ operation: @escaping @Sendable () async -> Void) -> Bool {
    state.withLock { state in
      guard state.hasCapacity else { return false }
      _ = start(operation, for: key, &state)
      return true
    }
  }

  /// Enqueues an operation even if there is no capacity for it: one that follows from an operation that was counted.
  package func schedule(for key: Key, _ operation: @escaping @Sendable () async -> Void) {
    state.withLock { _ = start(operation, for: key, &$0) }
  }

  /// Enqueues an operation, as soon as there is capacity for it, and returns its result.
  ///
  /// Cancelling the calling task does not cancel the operation; `cancelAll()` does.
  package func run<Value: Sendable>(for key: Key, _ operation: @escaping @Sendable () async -> Value) async -> Value {
    await startWithCapacity(operation, for: key).value
  }

  /// Removes the limit of operations; used at shutdown, when nothing new is read that could exceed it.
  package func removeCapacityLimit() {
    let waiters = state.withLock { state in
      state.capacity = .max
      defer { state.capacityWaiters = [] }
      return state.capacityWaiters
    }
    for waiter in waiters { waiter.resume() }
  }

  /// Cancels all operations, queued and running, and those that are enqueued later. They end by themselves; `drain()`
  /// waits for that.
  package func cancelAll() {
    let operations = state.withLock { state in
      state.isCancelled = true
      return Array(state.operations.values)
    }
    for operation in operations { operation.cancel() }
  }

  /// Waits until no operation is left.
  package func drain() async {
    await withCheckedContinuation { waiter in
      let isIdle = state.withLock { state in
        let id = state.nextID()
        if !state.operations.isEmpty { state.idleWaiters[id] = waiter }
        return state.operations.isEmpty
      }
      if isIdle { waiter.resume() }
    }
  }

  /// Waits until no operation is left, at most until a deadline; returns whether none is left.
  @discardableResult
  package func drain(until deadline: ContinuousClock.Instant) async -> Bool {
    await withTaskGroup { group in
      group.addTask { await self.waitUntilIdle() }
      group.addTask { try? await Task.sleep(until: deadline, clock: .continuous) }
      await group.next()
      group.cancelAll()
    }
    return state.withLock(\.operations.isEmpty)
  }

  /// Waits until no operation is left, or the task is cancelled.
  private func waitUntilIdle() async {
    let id = state.withLock { $0.nextID() }
    await withTaskCancellationHandler {
      await withCheckedContinuation { waiter in
        let isWaiting = state.withLock { state in
          guard !state.operations.isEmpty, !Task.isCancelled else { return false }
          state.idleWaiters[id] = waiter
          return true
        }
        if !isWaiting { waiter.resume() }
      }
    } onCancel: {
      state.withLock { $0.idleWaiters.removeValue(forKey: id) }?.resume()
    }
  }

  /// The number of operations that wait for capacity.
  package var waiterCount: Int { state.withLock(\.capacityWaiters.count) }

  private func startWithCapacity<Value: Sendable>(
    _ operation: @escaping @Sendable () async -> Value, for key: Key
  ) async -> Task<Value, Never> {
    while true {
      let task = state.withLock { state in state.hasCapacity ? start(operation, for: key, &state) : nil }
      if let task { return task }
      await withCheckedContinuation { waiter in
        let hasCapacity = state.withLock { state in
          if !state.hasCapacity { state.capacityWaiters.append(waiter) }
          return state.hasCapacity
        }
        if hasCapacity { waiter.resume() }
      }
    }
  }

  private func start<Value: Sendable>(
    _ operation: @escaping @Sendable () async -> Value, for key: Key, _ state: inout State
  ) -> Task<Value, Never> {
    let id = state.nextID()
    let previous = state.tails.updateValue(id, forKey: key).flatMap { state.operations[$0] }
    // It may be over before it is registered: `finish` waits for the lock.
    let task = Task(executorPreference: Task.preferredExecutor) {
      await previous?.wait()
      let value = await operation()
      self.finish(id, for: key)
      return value
    }
    state.operations[id] = Operation(wait: { _ = await task.value }, cancel: { task.cancel() })
    if state.isCancelled { task.cancel() }
    return task
  }

  private func finish(_ id: Int, for key: Key) {
    let waiters = state.withLock { state in
      state.operations[id] = nil
      if state.tails[key] == id { state.tails[key] = nil }
      // Scheduled operations may exceed the capacity.
      let isAdmitting = state.hasCapacity && !state.capacityWaiters.isEmpty
      var waiters = isAdmitting ? [state.capacityWaiters.removeFirst()] : []
      if state.operations.isEmpty {
        waiters += state.idleWaiters.values
        state.idleWaiters = [:]
      }
      return waiters
    }
    for waiter in waiters { waiter.resume() }
  }
}
