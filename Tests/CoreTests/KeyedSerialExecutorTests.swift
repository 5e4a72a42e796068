import Synchronization
import TestSupport
import Testing

@testable import Core

@Suite("KeyedSerialExecutor", .timeLimit(.minutes(1)))
struct KeyedSerialExecutorTests {
  @Test func `operations of one key run in order, beside those of other keys`() async throws {
    let executor = KeyedSerialExecutor<String>(capacity: 10)
    let gate = AsyncQueue<Void>()
    let order = Mutex<[String]>([])
    await executor.enqueue(for: "a") {
      _ = await gate.next()
      order.withLock { $0.append("a1") }
    }
    await executor.enqueue(for: "a") { order.withLock { $0.append("a2") } }
    await executor.enqueue(for: "b") {
      order.withLock { $0.append("b1") }
      gate(())
    }
    await executor.drain()
    #expect(order.withLock { $0 } == ["b1", "a1", "a2"])
  }

  @Test func `an operation's result is returned after those enqueued before it`() async throws {
    let executor = KeyedSerialExecutor<String>(capacity: 10)
    let isFirstOver = Mutex(false)
    await executor.enqueue(for: "a") {
      await Task.yield()
      isFirstOver.withLock { $0 = true }
    }
    #expect(await executor.run(for: "a") { isFirstOver.withLock { $0 } })
  }

  @Test func `an operation waits until there is capacity for it`() async throws {
    let executor = KeyedSerialExecutor<String>(capacity: 1)
    let gate = AsyncQueue<Void>()
    await executor.enqueue(for: "a") { _ = await gate.next() }
    #expect(!executor.tryEnqueue(for: "b") {})
    let second = Task { await executor.run(for: "b") { 2 } }
    try await wait(for: "the second to wait") { executor.waiterCount == 1 }
    gate(())
    #expect(await second.value == 2)
  }

  @Test func `removing the capacity limit lets waiting operations in`() async throws {
    let executor = KeyedSerialExecutor<String>(capacity: 1)
    let gate = AsyncQueue<Void>()
    await executor.enqueue(for: "a") { _ = await gate.next() }
    let second = Task { await executor.enqueue(for: "b") {} }
    try await wait(for: "the second to wait") { executor.waiterCount == 1 }
    executor.removeCapacityLimit()
    await second.value
    #expect(executor.tryEnqueue(for: "b") {})
    gate(())
    await executor.drain()
  }

  @Test func `cancelling all reaches running and queued operations`() async throws {
    let executor = KeyedSerialExecutor<String>(capacity: 10)
    let started = AsyncQueue<Void>()
    let cancelled = Mutex(0)
    await executor.enqueue(for: "a") {
      started(())
      await waitForCancellation()
      cancelled.withLock { $0 += Task.isCancelled ? 1 : 0 }
    }
    await executor.enqueue(for: "a") { cancelled.withLock { $0 += Task.isCancelled ? 1 : 0 } }
    _ = try await started.next("the first operation")
    executor.cancelAll()
    await executor.drain()
    #expect(cancelled.withLock { $0 } == 2)
  }

  @Test func `operations that are enqueued after all were cancelled are cancelled too`() async throws {
    let executor = KeyedSerialExecutor<String>(capacity: 10)
    executor.cancelAll()
    #expect(await executor.run(for: "a") { Task.isCancelled })
  }

  @Test func `a drain ends at its deadline, and before it if nothing is left`() async throws {
    let executor = KeyedSerialExecutor<String>(capacity: 10)
    let gate = AsyncQueue<Void>()
    await executor.enqueue(for: "a") { _ = await gate.next() }
    #expect(await !executor.drain(until: .now + .milliseconds(1)))
    gate(())
    #expect(await executor.drain(until: .now + .seconds(1_000)))
    #expect(await executor.drain(until: .now))
  }

  @Test func `those that wait for capacity get it in order, even if it was exceeded`() async throws {
    let executor = KeyedSerialExecutor<String>(capacity: 1)
    let (first, scheduled) = (AsyncQueue<Void>(), AsyncQueue<Void>())
    let order = Names()
    await executor.enqueue(for: "a") { _ = await first.next() }
    executor.schedule(for: "a") {
      order.append("a")
      _ = await scheduled.next()
    }
    let b = Task { await executor.enqueue(for: "b") { order.append("b") } }
    try await wait(for: "b to wait") { executor.waiterCount == 1 }
    let c = Task { await executor.enqueue(for: "c") { order.append("c") } }
    try await wait(for: "c to wait") { executor.waiterCount == 2 }
    first(())
    try await wait(for: "the scheduled one to run") { order.all == ["a"] }
    scheduled(())
    await b.value
    await c.value
    await executor.drain()
    #expect(order.all == ["a", "b", "c"])
  }
}

/// The names of operations in the order in which they ran.
private final class Names: Sendable {
  private let names = Mutex<[String]>([])

  var all: [String] { names.withLock(\.self) }

  func append(_ name: String) { names.withLock { $0.append(name) } }
}
