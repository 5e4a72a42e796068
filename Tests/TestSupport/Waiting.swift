import Foundation
import Synchronization

/// The time that a test waits for an expected change: long enough for a busy machine.
package let patience = Duration.seconds(30)

/// Runs an operation with a deadline. Returns `nil` if it does not end in time; it has to react to cancellation.
package func within<Value: Sendable>(
  _ limit: Duration = patience, _ operation: @escaping @Sendable () async -> Value?
) async -> Value? {
  await withTaskGroup(of: Value?.self) { group in
    group.addTask { await operation() }
    group.addTask {
      try? await Task.sleep(for: limit)
      return nil
    }
    defer { group.cancelAll() }
    return await group.next() ?? nil
  }
}

/// Returns when the task is cancelled; for what hangs until the test ends it.
package func waitForCancellation() async {
  while !Task.isCancelled { try? await Task.sleep(for: .seconds(3_600)) }
}

/// Waits for a condition that nothing notifies of, by evaluating it repeatedly.
///
/// - Parameter pause: the time between two evaluations; longer for one that takes long itself.
/// - Throws: `TestFailure` if the condition is not met in time, or an error of the condition.
package func wait(
  for what: @autoclosure () -> String, within limit: Duration = patience, every pause: Duration = .milliseconds(2),
  until holds: () async throws -> Bool
) async throws {
  let end = ContinuousClock.now + limit
  while try await !holds() {
    guard ContinuousClock.now < end else { throw TestFailure("timed out after \(limit) waiting for \(what())") }
    try await Task.sleep(for: pause)
  }
}

/// Values that the script of a server or a callback sends to the test.
package struct AsyncQueue<Value: Sendable>: Sendable {
  private let stream: AsyncStream<Value>
  private let continuation: AsyncStream<Value>.Continuation

  package init() { (stream, continuation) = AsyncStream.makeStream() }

  /// Sends a value.
  package func callAsFunction(_ value: Value) { continuation.yield(value) }

  /// Waits for the next value, or returns `nil` if none comes in time.
  package func next() async -> Value? {
    await within { [stream] in
      for await value in stream { return value }
      return nil
    }
  }

  /// Waits for the next value.
  ///
  /// - Throws: `TestFailure` if none comes in time.
  package func next(_ what: String) async throws -> Value {
    guard let value = await next() else { throw TestFailure("timed out after \(patience) waiting for \(what)") }
    return value
  }
}

/// Lets a test control when the script of a server continues. The script waits at most `Peer.patience`.
package final class TestGate: Sendable {
  private let semaphore = DispatchSemaphore(value: 0)

  package init() {}

  /// Lets one `wait()` return.
  package func open() { semaphore.signal() }

  /// Blocks until the gate is opened.
  package func wait() { _ = semaphore.wait(timeout: .now() + .seconds(Peer.patience)) }
}

/// A counter for the threads of servers.
package final class Counter: Sendable {
  private let value = Atomic<Int>(0)

  package init() {}

  package var count: Int { value.load(ordering: .sequentiallyConsistent) }

  package func increment() { value.add(1, ordering: .sequentiallyConsistent) }
}

/// A failure that ends a test.
package struct TestFailure: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}
