import RuleEngine
import Synchronization

/// What waits to be written: it takes in at once and never more than it may hold.
final class JournalBuffer: Sendable {
  private struct State {
    var policy: JournalPolicy
    var waiting: [JournalItem] = []
    var dropped = 0
    var isClosed = false
    var reader: CheckedContinuation<Void, Never>?
    var pausing: Task<Void?, Never>?
  }

  /// What is written at once, and how many there was no room for before it.
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

  /// What the rules in force say.
  var policy: JournalPolicy { state.withLock(\.policy) }

  func use(_ policy: JournalPolicy) { state.withLock { $0.policy = policy } }

  /// Takes an item in, unless the buffer is closed. It never waits, so that outcomes can be recorded from anywhere, in
  /// order.
  func add(_ item: JournalItem) {
    let reader = state.withLock { state -> CheckedContinuation<Void, Never>? in
      guard !state.isClosed, item.isWanted(by: state.policy) else { return nil }
      guard state.waiting.count < capacity else {
        state.dropped += 1
        return nil
      }
      state.waiting.append(item)
      return state.reader.take()
    }
    reader?.resume()
  }

  /// No more comes; what waits is still handed out.
  func close() {
    let reader = state.withLock { state in
      state.isClosed = true
      state.pausing?.cancel()
      return state.reader.take()
    }
    reader?.resume()
  }

  /// Returns everything that waits, as soon as there is anything, or `nil` if nothing comes any more. For one reader.
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

  /// Returns after a pause, or at once if nothing more comes.
  func rest(for pause: Duration) async {
    let pausing = state.withLock { state -> Task<Void?, Never>? in
      guard !state.isClosed else { return nil }
      let pausing = Task { try? await Task.sleep(for: pause) }
      state.pausing = pausing
      return pausing
    }
    _ = await pausing?.value
  }
}
