import Synchronization

/// Counts what happens on the servers' threads.
package final class Counter: Sendable {
  private let value = Atomic<Int>(0)

  package init() {}

  /// How often it happened.
  package var count: Int { value.load(ordering: .sequentiallyConsistent) }

  /// It happened once more.
  package func increment() { value.add(1, ordering: .sequentiallyConsistent) }
}
