import Dispatch
import Testing

@testable import Core

struct PreferredExecutorTests {
  /// An executor of one thread at a time, which marks that thread.
  private final class Queue: TaskExecutor {
    private static let key = DispatchSpecificKey<Bool>()
    private let queue = DispatchQueue(label: "test")

    init() { queue.setSpecific(key: Self.key, value: true) }

    func enqueue(_ job: consuming ExecutorJob) {
      let job = UnownedJob(job)
      queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    static var isCurrent: Bool { DispatchQueue.getSpecific(key: key) == true }
  }

  @Test func `a task passes its preference on`() async {
    #expect(Task.preferredExecutor == nil)
    await Task(executorPreference: Queue()) {
      #expect(Queue.isCurrent)
      #expect(await !Task { Queue.isCurrent }.value)
      #expect(await Task(executorPreference: Task.preferredExecutor) { Queue.isCurrent }.value)
    }.value
  }

  @Test func `a keyed operation runs where it was enqueued`() async {
    let executor = KeyedSerialExecutor<Int>(capacity: 10)
    await Task(executorPreference: Queue()) {
      #expect(await executor.run(for: 1) { Queue.isCurrent })
    }.value
    #expect(await !executor.run(for: 1) { Queue.isCurrent })
  }

  @Test func `the preferred clock sleeps on any executor`() async throws {
    let start = ContinuousClock.now
    try await Task.sleep(for: .milliseconds(1), clock: .preferred)
    #expect(ContinuousClock.now - start >= .milliseconds(1))
    let sleeping = Task { try await Task.sleep(for: .seconds(3_600), clock: .preferred) }
    sleeping.cancel()
    await #expect(throws: CancellationError.self) { try await sleeping.value }
  }

  @Test func `an actor on a queue runs on it, whatever its caller prefers`() async {
    actor Store {
      private let executor = QueueExecutor(label: "store")
      nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
      var isOnQueue: Bool { Queue.isCurrent }
    }
    let store = Store()
    await Task(executorPreference: Queue()) {
      #expect(await !store.isOnQueue)
      #expect(Queue.isCurrent)
    }.value
  }
}
