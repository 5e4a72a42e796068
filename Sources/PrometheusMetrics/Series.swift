import CoreMetrics
import Synchronization

/// The current value of one metric. Recording takes a lock for a few instructions and no memory.
protocol Series: AnyObject, Sendable {
  func write(_ name: String, _ labels: [(String, String)], to text: inout ExpositionText)
}

/// A number that only grows.
final class CounterSeries: Series, CounterHandler, FloatingPointCounterHandler {
  private let value = Mutex(0.0)

  func increment(by amount: Int64) { increment(by: Double(amount)) }

  func increment(by amount: Double) {
    // A counter that falls looks like a restart.
    guard amount > 0, amount.isFinite else { return }
    value.withLock { $0 += amount }
  }

  func reset() { value.withLock { $0 = 0 } }

  func write(_ name: String, _ labels: [(String, String)], to text: inout ExpositionText) {
    text.add(name, labels, value.withLock { $0 })
  }
}

/// A number that goes up and down.
final class GaugeSeries: Series, MeterHandler, RecorderHandler {
  private let value = Mutex(0.0)

  func set(_ new: Int64) { set(Double(new)) }
  func set(_ new: Double) { value.withLock { $0 = new } }
  func record(_ new: Int64) { set(new) }
  func record(_ new: Double) { set(new) }
  func increment(by amount: Double) { value.withLock { $0 += amount } }
  func decrement(by amount: Double) { value.withLock { $0 -= amount } }

  func write(_ name: String, _ labels: [(String, String)], to text: inout ExpositionText) {
    text.add(name, labels, value.withLock { $0 })
  }
}

/// How many values there were up to each of some bounds, and their sum. Durations are in seconds.
final class HistogramSeries: Series, RecorderHandler, TimerHandler {
  private struct State {
    /// For each bound, the values up to it and above the one before; then those above all.
    var counts: [Int]
    var sum = 0.0
  }

  private let bounds: [Double]
  private let state: Mutex<State>

  init(bounds: [Double]) {
    self.bounds = bounds
    state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
  }

  func record(_ value: Int64) { record(Double(value)) }

  func record(_ value: Double) {
    guard value.isFinite else { return }
    let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
    state.withLock { state in
      state.counts[bucket] += 1
      state.sum += value
    }
  }

  func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

  func write(_ name: String, _ labels: [(String, String)], to text: inout ExpositionText) {
    let state = state.withLock { $0 }
    var count = 0
    for (bound, number) in zip(bounds + [.infinity], state.counts) {
      count += number
      text.add(name + "_bucket", labels + [("le", ExpositionText.number(bound))], Double(count))
    }
    text.add(name + "_sum", labels, state.sum)
    text.add(name + "_count", labels, Double(count))
  }
}
