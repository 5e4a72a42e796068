import Core

/// Events that are handed on as they are, as the gateway hands on its own: out of an array each would be copied first,
/// which takes as long as a decision.
final class BorrowableEvents {
  private struct Held: ~Copyable {
    let event: Event

    borrowing func with<Result>(_ body: (borrowing Event) -> Result) -> Result { body(event) }
  }

  private let events: UnsafeMutablePointer<Held>
  let count: Int

  init(_ events: [Event]) {
    count = events.count
    self.events = .allocate(capacity: events.count)
    for (index, event) in events.enumerated() { (self.events + index).initialize(to: Held(event: event)) }
  }

  deinit {
    events.deinitialize(count: count)
    events.deallocate()
  }

  func withEvent<Result>(_ index: Int, _ body: (borrowing Event) -> Result) -> Result {
    events[index].with(body)
  }
}
