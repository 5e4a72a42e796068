import Core
import Synchronization
import Tracing

/// The spans that wait to be exported, oldest first. If there are too many, the oldest are dropped and counted: the
/// newest say what happens now.
final class SpanQueue: Sendable {
  private struct State {
    /// A ring once it is full: `first` is the index of the oldest.
    var spans: [SpanRecord] = []
    var first = 0
    var dropped = 0
    var isEnding = false
    /// True while a full batch ends the pause of the exporter.
    var wakesWhenFull = false
  }

  private let capacity: Int
  private let batch: Int
  private let state = Mutex(State())
  private let sleep = WakeableSleep()

  init(capacity: Int, batch: Int) {
    self.capacity = capacity
    self.batch = batch
  }

  /// Adds a span, and wakes the exporter if a batch is full.
  func append(_ span: SpanRecord) {
    let isFull = state.withLock { state in
      if state.spans.count < capacity {
        state.spans.append(span)
      } else {
        state.spans[state.first] = span
        state.first = (state.first + 1) % capacity
        state.dropped += 1
      }
      guard state.wakesWhenFull, state.spans.count >= batch else { return false }
      state.wakesWhenFull = false
      return true
    }
    if isFull { sleep.wake() }
  }

  /// Removes and returns the oldest spans, as many as a batch has at most.
  func removeBatch() -> [SpanRecord] {
    state.withLock { state in
      if state.first > 0 {
        state.spans = Array(state.spans[state.first...] + state.spans[..<state.first])
        state.first = 0
      }
      let oldest = Array(state.spans.prefix(batch))
      state.spans.removeFirst(oldest.count)
      return oldest
    }
  }

  /// Counts spans as dropped.
  func drop(_ count: Int) { state.withLock { $0.dropped += count } }

  /// Drops all spans.
  func dropAll() {
    state.withLock { state in
      state.dropped += state.spans.count
      (state.spans, state.first) = ([], 0)
    }
  }

  /// Returns how many spans were dropped since the last call.
  func resetDroppedCount() -> Int {
    state.withLock { state in
      defer { state.dropped = 0 }
      return state.dropped
    }
  }

  /// True if no more spans come.
  var isEnding: Bool { state.withLock(\.isEnding) }

  /// True if there are enough spans for a batch.
  var hasBatch: Bool { state.withLock { $0.spans.count >= batch } }

  /// Ends all pauses: no more spans come.
  func end() {
    state.withLock { $0.isEnding = true }
    sleep.wake()
  }

  /// Returns after a time, or as soon as a batch is full, or no more spans come.
  ///
  /// - Parameter untilFull: false if a full batch does not end the pause.
  func pause(_ time: Duration, untilFull: Bool = true) async {
    let isDue = state.withLock { state in
      state.wakesWhenFull = untilFull && state.spans.count < batch
      return state.isEnding || (untilFull && !state.wakesWhenFull)
    }
    if !isDue { await sleep.sleep(for: time) }
    state.withLock { $0.wakesWhenFull = false }
  }
}
