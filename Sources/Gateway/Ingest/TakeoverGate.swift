/// Keeps posts back while this gateway takes over what others have left: older posts of a conversation come first.
///
/// It is used on one actor. Passing an open gate suspends nothing.
final class TakeoverGate {
  private(set) var isClosed = false
  /// The number of those that have passed and not left.
  private var insideCount = 0
  private var waiters: [CheckedContinuation<Void, Never>] = []
  /// Waits until no one is inside.
  private var closer: CheckedContinuation<Void, Never>?

  /// Passes the gate, as soon as it is open. `leave()` has to be called once.
  func enter() async {
    while isClosed { await withCheckedContinuation { waiters.append($0) } }
    insideCount += 1
  }

  func leave() {
    insideCount -= 1
    guard insideCount == 0 else { return }
    closer?.resume()
    closer = nil
  }

  /// Closes the gate, as soon as it is open, and waits until no one is inside.
  func close() async {
    while isClosed { await withCheckedContinuation { waiters.append($0) } }
    isClosed = true
    if insideCount > 0 { await withCheckedContinuation { closer = $0 } }
  }

  func open() {
    isClosed = false
    for waiter in waiters { waiter.resume() }
    waiters = []
  }
}
