import Core
import RuleEngine
import Synchronization

/// A bounded queue of entries to write. Adding never waits: beyond the capacity, entries are dropped and counted.
final class JournalBuffer: Sendable {
  private struct State {
    var policy: JournalPolicy
    var waiting: [JournalItem] = []
    var dropped = 0
    var isClosed = false
    var reader: CheckedContinuation<Void, Never>?
    var pausing: Task<Void?, Never>?
  }

  /// Entries to write together, and the number of entries dropped before them.
  struct Batch {
    var items: [JournalItem]
    var dropped: Int
  }

  private let state: Mutex<State>
  private let capacity: Int

  init(capacity: Int, policy: JournalPolicy) {
    self.capacity = capacity
    state = Mutex(State(policy: policy))
  }

  /// The policy of the active rules.
  var policy: JournalPolicy { state.withLock(\.policy) }

  func use(_ policy: JournalPolicy) { state.withLock { $0.policy = policy } }

  /// Adds an item, unless the buffer is closed. It is synchronous, so that outcomes are recorded in order from
  /// anywhere.
  func add(_ item: JournalItem) {
    let reader = state.withLock { state -> CheckedContinuation<Void, Never>? in
      guard !state.isClosed, item.isWanted(by: state.policy) else { return nil }
      guard state.waiting.count < capacity else {
        state.dropped += 1
        return nil
      }
      state.waiting.append(item)
      if state.waiting.count >= Limits.batchWrittenAtOnce { state.pausing?.cancel() }
      return state.reader.take()
    }
    reader?.resume()
  }

  /// Rejects further items. Those that it has are still returned by `next()`.
  func close() {
    let reader = state.withLock { state in
      state.isClosed = true
      state.pausing?.cancel()
      return state.reader.take()
    }
    reader?.resume()
  }

  /// Waits for items and returns all, or `nil` if the buffer is closed and empty. For one reader.
  func next() async -> Batch? {
    await withCheckedContinuation { (reader: CheckedContinuation<Void, Never>) in
      let isReady = state.withLock { state in
        if !state.waiting.isEmpty || state.isClosed { return true }
        state.reader = reader
        return false
      }
      if isReady { reader.resume() }
    }
    return state.withLock { state in
      guard !state.waiting.isEmpty || state.dropped > 0 else { return nil }
      defer { (state.waiting, state.dropped) = ([], 0) }
      return Batch(items: state.waiting, dropped: state.dropped)
    }
  }

  /// Returns after a pause, or as soon as the buffer has `Limits.batchWrittenAtOnce` items or is closed.
  func pause(for duration: Duration) async {
    let pausing = state.withLock { state -> Task<Void?, Never>? in
      guard !state.isClosed, state.waiting.count < Limits.batchWrittenAtOnce else { return nil }
      let pausing = Task(executorPreference: Task.preferredExecutor) {
        try? await Task.sleep(for: duration, clock: .preferred)
      }
      state.pausing = pausing
      return pausing
    }
    _ = await pausing?.value
  }
}
