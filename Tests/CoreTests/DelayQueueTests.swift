import Core
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct DelayQueueTests {
  private let clock = ManualClock()
  private let started = AsyncQueue<String>()

  private func queue() -> DelayQueue { DelayQueue(delay: .seconds(2), clock: clock) }

  @Test func `operations start after the delay, in their order, with one timer`() async throws {
    let queue = queue()
    _ = queue.schedule { started("one") }
    #expect(await clock.nextSleep() == .seconds(2))
    clock.advance(by: .seconds(1))
    _ = queue.schedule { started("two") }
    _ = queue.schedule { started("three") }
    clock.advance(by: .seconds(1))
    #expect(await started.next() == "one")
    #expect(await clock.nextSleep() == .seconds(1))
    clock.advance(by: .seconds(1))
    #expect(await started.next() == "two")
    #expect(await started.next() == "three")
  }

  @Test func `an operation that is cancelled does not start, and one that has started is not cancelled`() async throws {
    let queue = queue()
    let one = queue.schedule { started("one") }
    let two = queue.schedule { started("two") }
    #expect(queue.cancel(one))
    #expect(!queue.cancel(one))
    _ = await clock.nextSleep()
    clock.advance(by: .seconds(2))
    #expect(await started.next() == "two")
    #expect(!queue.cancel(two))
  }

  @Test func `a task that ends before the delay never starts`() async throws {
    let queue = queue()
    let early = DelayedTask(in: queue) { started("early") }
    await early.end()
    let late = DelayedTask(in: queue) {
      started("late")
      _ = try? await Task.sleep(for: .seconds(3_600))
      started("cancelled")
    }
    _ = await clock.nextSleep()
    clock.advance(by: .seconds(2))
    #expect(await started.next() == "late")
    await late.end()
    #expect(await started.next() == "cancelled")
  }
}
