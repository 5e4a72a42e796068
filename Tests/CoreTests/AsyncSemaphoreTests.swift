import TestSupport
import Testing

@testable import Core

@Suite("AsyncSemaphore", .timeLimit(.minutes(1)))
struct AsyncSemaphoreTests {
  private func wait(for count: Int, on semaphore: AsyncSemaphore) async throws {
    try await TestSupport.wait(for: "\(count) waiting tasks") { semaphore.waiterCount == count }
  }

  @Test func `a permit is free until the limit is reached, and again after a release`() async throws {
    let semaphore = AsyncSemaphore(limit: 2)
    try await semaphore.acquire()
    try await semaphore.acquire()
    let third = Task { try await semaphore.acquire() }
    try await wait(for: 1, on: semaphore)
    semaphore.release()
    try await third.value
    #expect(semaphore.waiterCount == 0)
  }

  @Test func `tasks get permits in the order in which they asked`() async throws {
    let semaphore = AsyncSemaphore(limit: 1)
    try await semaphore.acquire()
    let order = AsyncQueue<Int>()
    var tasks: [Task<Void, any Error>] = []
    for number in 1...5 {
      tasks.append(Task { try await semaphore.withPermit { order(number) } })
      try await wait(for: number, on: semaphore)
    }
    semaphore.release()
    for number in 1...5 { #expect(await order.next() == number) }
    for task in tasks { try await task.value }
  }

  @Test func `a cancelled task stops waiting at once, and those behind it go on`() async throws {
    let semaphore = AsyncSemaphore(limit: 1)
    try await semaphore.acquire()
    let cancelled = Task { try await semaphore.acquire() }
    try await wait(for: 1, on: semaphore)
    let next = Task { try await semaphore.acquire() }
    try await wait(for: 2, on: semaphore)
    cancelled.cancel()
    await #expect(throws: CancellationError.self) { try await cancelled.value }
    semaphore.release()
    try await next.value
  }

  @Test func `a task that is cancelled before it asks gets no permit, though one is free`() async throws {
    let semaphore = AsyncSemaphore(limit: 1)
    let gate = AsyncQueue<Void>()
    let task = Task {
      _ = await gate.next()
      try await semaphore.acquire()
    }
    task.cancel()
    gate(())
    await #expect(throws: CancellationError.self) { try await task.value }
    try await semaphore.acquire()
  }

  @Test func `a permit is released if the operation throws`() async throws {
    let semaphore = AsyncSemaphore(limit: 1)
    await #expect(throws: TestFailure.self) { try await semaphore.withPermit { throw TestFailure("no") } }
    try await semaphore.acquire()
  }

  @Test func `a limit of an acquisition counts the permits that others have`() async throws {
    let semaphore = AsyncSemaphore(limit: 1)
    try await semaphore.acquire(limit: 2)
    try await semaphore.acquire(limit: 2)
    let lower = Task { try await semaphore.acquire() }
    try await wait(for: 1, on: semaphore)
    semaphore.release()
    #expect(semaphore.waiterCount == 1)
    semaphore.release()
    try await lower.value
  }

  @Test func `a cancelled task that waited for a lower limit lets the next one in`() async throws {
    let semaphore = AsyncSemaphore(limit: 1)
    try await semaphore.acquire()
    let lower = Task { try await semaphore.acquire() }
    try await wait(for: 1, on: semaphore)
    let higher = Task { try await semaphore.acquire(limit: 2) }
    try await wait(for: 2, on: semaphore)
    lower.cancel()
    try await higher.value
  }
}
