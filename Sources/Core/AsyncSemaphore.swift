import Synchronization

/// A cancellable counting semaphore.
///
/// Tasks get permits in the order in which they asked for them:
///
///     let semaphore = AsyncSemaphore(limit: 16)
///     try await semaphore.withPermit { try await run(hook) }
package final class AsyncSemaphore: Sendable {
  private struct Waiter {
    let id: Int
    let limit: Int
    /// Resumed with `false` if the waiting task was cancelled.
    let continuation: CheckedContinuation<Bool, Never>
  }

  private struct State {
    var permitsInUse = 0
    var waiters: [Waiter] = []
    var lastID = 0

    /// Removes and returns the waiters that get a permit now.
    mutating func admit() -> [Waiter] {
      var admitted: [Waiter] = []
      while let next = waiters.first, permitsInUse < next.limit {
        permitsInUse += 1
        admitted.append(waiters.removeFirst())
      }
      return admitted
    }
  }

  private let state = Mutex(State())
  private let limit: Int

  /// Creates a semaphore.
  ///
  /// - Parameter limit: the most permits in use at once.
  package init(limit: Int) { self.limit = limit }

  /// The number of tasks that wait for a permit.
  package var waiterCount: Int { state.withLock(\.waiters.count) }

  /// Runs an operation with a permit.
  ///
  /// - Parameter limit: the most permits in use at once, including this one, in place of the semaphore's own limit: for
  ///   limits that change while permits are in use.
  /// - Throws: `CancellationError` as soon as the task is cancelled before it has a permit; otherwise the operation's
  ///   error.
  package func withPermit<Value>(
    limit: Int? = nil, _ operation: () async throws -> Value
  ) async throws -> Value {
    try await acquire(limit: limit)
    defer { release() }
    return try await operation()
  }

  /// Waits for a permit, which has to be released once.
  ///
  /// - Throws: `CancellationError` as soon as the task is cancelled. No permit is to be released then.
  func acquire(limit: Int? = nil) async throws(CancellationError) {
    let limit = limit ?? self.limit
    let id = state.withLock { state in
      state.lastID += 1
      return state.lastID
    }
    let isAdmitted = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let admitted = state.withLock { state -> [Waiter]? in
          // Under the lock: a later cancellation finds the waiter.
          guard !Task.isCancelled else { return nil }
          state.waiters.append(Waiter(id: id, limit: limit, continuation: continuation))
          return state.admit()
        }
        if let admitted { Self.resume(admitted) } else { continuation.resume(returning: false) }
      }
    } onCancel: {
      let (cancelled, admitted) = state.withLock { state in
        let index = state.waiters.firstIndex { $0.id == id }
        // The next one may have a higher limit.
        return (index.map { state.waiters.remove(at: $0) }, state.admit())
      }
      cancelled?.continuation.resume(returning: false)
      Self.resume(admitted)
    }
    guard isAdmitted else { throw CancellationError() }
  }

  /// Returns a permit.
  func release() {
    Self.resume(
      state.withLock { state in
        state.permitsInUse -= 1
        return state.admit()
      })
  }

  private static func resume(_ admitted: [Waiter]) {
    for waiter in admitted { waiter.continuation.resume(returning: true) }
  }
}
